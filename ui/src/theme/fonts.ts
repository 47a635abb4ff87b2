import "@fontsource-variable/jetbrains-mono/wght.css";
import "pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css";

import "@mantine/core/styles/baseline.css";
import "@mantine/core/styles/default-css-variables.css";
import "@mantine/core/styles/global.css";
import "@mantine/core/styles/UnstyledButton.css";
import "@mantine/core/styles/CloseButton.css";
import "@mantine/core/styles/Loader.css";
import "@mantine/core/styles/Paper.css";
import "@mantine/core/styles/Overlay.css";
import "@mantine/core/styles/ModalBase.css";
import "@mantine/core/styles/Modal.css";
import "@mantine/core/styles/Popover.css";
import "@mantine/core/styles/Menu.css";
import "@mantine/core/styles/Button.css";
import "@mantine/core/styles/Input.css";
import "@fontsource-variable/inter/wght.css";
import "./theme/tokens.css";
import "./theme/base.css";
import "./theme/mantine.css";

import { createRoot } from "react-dom/client";
import { startLanguage } from "@/i18n/language";
import { App } from "@/shell/App";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");

await startLanguage();
createRoot(root).render(<App />);

// Hangul and monospaced faces are declared after the first paint; the browser fetches only the ranges it needs.
void import("./theme/fonts");

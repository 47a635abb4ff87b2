import { createTheme, type MantineColorsTuple } from "@mantine/core";

const sea: MantineColorsTuple = [
  "#e8f0fb",
  "#d0e1f7",
  "#a3c4ef",
  "#6aa7f5",
  "#4a8be0",
  "#3378d3",
  "#1f66c7",
  "#1a5ab2",
  "#174f9c",
  "#123f7d",
];

export const theme = createTheme({
  colors: { sea },
  primaryColor: "sea",
  primaryShade: 6,
  fontFamily: "var(--font)",
  fontFamilyMonospace: "var(--mono)",
  defaultRadius: 6,
  respectReducedMotion: true,
  focusRing: "auto",
  fontSizes: { xs: "12px", sm: "13px", md: "13px", lg: "14px", xl: "16px" },
  components: {
    Button: { defaultProps: { size: "xs" } },
    Modal: { defaultProps: { transitionProps: { duration: 90 }, overlayProps: { backgroundOpacity: 0.35 } } },
    Menu: {
      defaultProps: { transitionProps: { duration: 80 }, shadow: "md", position: "bottom-end", offset: 4 },
    },
    TextInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
  },
});

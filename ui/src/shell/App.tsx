import { MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { TipLayer } from "@/components/TipLayer";
import { theme } from "@/theme/theme";
import { queryClient } from "./queryClient";
import { router } from "./router";

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <TipLayer />
      </QueryClientProvider>
    </MantineProvider>
  );
}

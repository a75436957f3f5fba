/** Colours by role, light and dark, in the words that mail clients read. */
export const palette = {
  light: {
    page: "#f4f5f2",
    card: "#ffffff",
    ink: "#20241f",
    quiet: "#5d655b",
    line: "#dfe3dc",
    field: "#f4f5f2",
    accent: "#1f6b4f",
    onAccent: "#ffffff",
  },
  dark: {
    page: "#161916",
    card: "#20241f",
    ink: "#eef1ec",
    quiet: "#a9b2a6",
    line: "#39403a",
    field: "#161916",
    accent: "#7fd1ae",
    onAccent: "#10241b",
  },
} as const;

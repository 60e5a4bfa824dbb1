// Before anything is drawn, so that a page does not flash. Browsers may forbid files to remember anything.
try {
  const theme = localStorage.getItem("framewatch-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {}

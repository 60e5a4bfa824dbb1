"use strict";

// Light, dark, or as the system has it.
const themes = ["auto", "light", "dark"];
const root = document.documentElement;
const themeButton = document.getElementById("theme");

function showTheme() {
  themeButton.textContent = `Theme: ${root.dataset.theme || "auto"}`;
}

themeButton.addEventListener("click", () => {
  const next = themes[(themes.indexOf(root.dataset.theme || "auto") + 1) % themes.length];
  if (next === "auto") delete root.dataset.theme;
  else root.dataset.theme = next;
  showTheme();
  try {
    localStorage.setItem("framewatch-theme", next);
  } catch {} // a page that cannot remember is still a page
});
themeButton.hidden = false;
showTheme();

// Tables: a first click puts the largest first, a second the smallest, a third the order of the page, by kind.
const orders = { none: "descending", descending: "ascending", ascending: "none" };
const byText = new Intl.Collator("en", { numeric: true }).compare;

function compareCells(one, other) {
  const values = [one, other].map((cell) => cell.dataset.value);
  if (values.every((value) => value !== undefined)) return values[0] - values[1];
  return byText(one.textContent.trim(), other.textContent.trim());
}

function sortTable(header, rows) {
  const body = header.closest("table").tBodies[0];
  const order = orders[header.getAttribute("aria-sort") || "none"];
  for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
  if (order === "none") return body.replaceChildren(...rows);
  header.setAttribute("aria-sort", order);
  const sign = order === "ascending" ? 1 : -1;
  const column = header.cellIndex;
  const sorted = rows
    .filter((row) => !row.classList.contains("group"))
    .sort((one, other) => sign * compareCells(one.cells[column], other.cells[column]));
  body.replaceChildren(...sorted);
}

for (const table of document.querySelectorAll("table.sortable")) {
  const rows = [...table.tBodies[0].rows];
  for (const header of table.tHead.rows[0].cells) {
    header.querySelector("button")?.addEventListener("click", () => sortTable(header, rows));
  }
}

// A link into something folded opens it.
function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let place = target; place; place = place.parentElement) {
    if (place.tagName === "DETAILS") place.open = true;
  }
}
window.addEventListener("hashchange", unfold);
unfold();

// Paper cannot be unfolded.
let unfolded = [];
window.addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details:not([open])")];
  for (const one of unfolded) one.open = true;
});
window.addEventListener("afterprint", () => {
  for (const one of unfolded) one.open = false;
});

// Keys, Airflow's own choice of light or dark, and a page that is looked at stays fresh. Without it everything works.
"use strict";

const rows = [...document.querySelectorAll("table.rows tbody tr")];
const typing = (event) => /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
let here = -1;

function move(step) {
  if (!rows.length) return;
  rows[here]?.classList.remove("here");
  here = Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[here].classList.add("here");
  const link = rows[here].querySelector("a");
  (link ?? rows[here]).focus();
  rows[here].scrollIntoView({ block: "nearest" });
}

const acts = {
  "/": () => document.getElementById("q").focus(),
  "?": () => { const keys = document.getElementById("keys"); keys.open = !keys.open; keys.scrollIntoView(); },
  j: () => move(1),
  k: () => move(-1),
  n: () => document.querySelector("a[rel=next]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event)) { if (event.key === "Escape") event.target.blur(); return; }
  const act = acts[event.key] ?? (/^[1-5]$/.test(event.key) ? () => document.querySelector(`[data-key="${event.key}"]`).click() : null);
  if (act) { event.preventDefault(); act(); }
});

function theme() {
  let told = null;
  try { told = localStorage.getItem("theme"); } catch { /* another site frames us, or storage is off */ }
  if (told === "dark" || told === "light") document.documentElement.dataset.theme = told;
}
theme();
addEventListener("storage", theme);

const fresh = document.querySelector("[data-refresh]");
if (fresh) setInterval(() => {
  const busy = document.hidden || document.getElementById("q").value || document.activeElement !== document.body;
  if (!busy) location.reload();
}, Number(fresh.dataset.refresh) * 1000);

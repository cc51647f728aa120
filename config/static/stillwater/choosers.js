// Select2 draws a box of its own in the place of a select, and leaves the name behind.
"use strict";
const nameBoxes = () => document.querySelectorAll(".select2-selection:not([aria-label])").forEach(box => {
  const select = box.closest(".select2").previousElementSibling;
  const name = select.getAttribute("aria-label") || select.labels?.[0]?.textContent.replace(/:$/, "").trim() || "";
  box.setAttribute("aria-label", name);
  box.querySelector("[role=textbox]")?.setAttribute("aria-label", name);
});
addEventListener("DOMContentLoaded", () => {
  nameBoxes();
  new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
});

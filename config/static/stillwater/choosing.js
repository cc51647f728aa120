// What is chosen in a list stays chosen while the list turns, or is brought up to date. Without this script a choice is
// what one page shows. By these marks:
//   #chosen                 the form that takes the choice; its `data-chosen`, `data-elsewhere` say how many are chosen
//   input[form=chosen]      a line's check box; for what is chosen and not shown a hidden field stands in the form
//   [data-choose]           chooses "all" lines that are shown, or "none"
(() => {
  "use strict";
  const form = document.getElementById("chosen");
  if (!form) return;
  const said = form.querySelector("[role=status]");
  const boxes = () => [...document.querySelectorAll("input[type=checkbox][form=chosen]")];
  const chosen = new Set(boxes().filter((box) => box.checked).map((box) => box.value));

  function show() {
    const shown = boxes();
    for (const box of shown) box.checked = chosen.has(box.value);
    const unseen = [...chosen].filter((value) => !shown.some((box) => box.value === value));
    const hidden = [...form.querySelectorAll("input[type=hidden]")];
    if (hidden.map((field) => field.value).join() !== unseen.join()) {
      for (const field of hidden) field.remove();
      for (const value of unseen)
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "incident", value }));
    }
    const words = chosen.size ? `${form.dataset[unseen.length ? "elsewhere" : "chosen"]} ${chosen.size}` : "";
    if (said.textContent !== words) said.textContent = words;
  }

  document.addEventListener("change", ({ target }) => {
    if (target.form !== form) return;
    target.checked ? chosen.add(target.value) : chosen.delete(target.value);
    show();
  });
  form.addEventListener("click", ({ target }) => {
    const which = target.dataset.choose;
    if (!which) return;
    if (which === "none") chosen.clear();
    else for (const box of boxes()) chosen.add(box.value);
    show();
    if (which === "none") boxes()[0]?.focus();  // the button is gone
  });
  for (const button of form.querySelectorAll("[data-choose]")) button.parentElement.hidden = false;
  new MutationObserver(show).observe(document.getElementById("main"), { childList: true, subtree: true });
  show();
})();

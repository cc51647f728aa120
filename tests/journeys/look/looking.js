// What is wrong with this page, in words: its bones, its names, its width, and whether the focus is always to be seen.
() => {
  const wrong = [];
  const say = (is, what) => is || wrong.push(what);
  const where = one => one.outerHTML.replace(/\s+/g, " ").slice(0, 120);
  const shown = one => one.checkVisibility({ visibilityProperty: true });

  say(document.documentElement.lang, "no language");
  say(document.title.trim() && !document.title.trim().startsWith("·"), `title: "${document.title}"`);
  say(document.querySelectorAll("main").length === 1, "not one main");
  say([...document.querySelectorAll("h1")].filter(shown).length === 1, "not one h1");
  say(document.querySelector("link[rel=icon]"), "no favicon");
  const first = document.querySelector("a[href], button, input, select, textarea");
  say(document.querySelector("main.oops") || first?.matches(".skip[href='#main']"), "no skip link in front");

  for (const one of document.querySelectorAll("form.alert, [role=alert] a[href^='#']"))
    say(document.getElementById(one.hash.slice(1)), `leads to no field: ${where(one)}`);
  for (const one of document.querySelectorAll("[aria-describedby]"))
    for (const id of one.getAttribute("aria-describedby").split(/\s+/))
      say(document.getElementById(id), `described by nothing: ${where(one)}`);
  for (const one of document.querySelectorAll("main input:is([type=email], [type=password], [type=tel])"))
    say(one.autocomplete || one.closest("form[action*='/desk/'], .log, .desk"), `no autocomplete: ${where(one)}`);
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) wrong.push(`twice: #${id}`);

  // Whether the focused element, or the card around it, is drawn differently.
  const drawn = one => [one, one.closest(".choice, .list li, tr, label") || one].some(one => ["", "::after"].some(part => {
    const style = getComputedStyle(one, part || null);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  }));
  for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (!shown(one) || one.disabled) continue;
    one.focus({ preventScroll: true });
    if (document.activeElement === one) say(drawn(one), `focus is not to be seen: ${where(one)}`);
  }
  return wrong;
}

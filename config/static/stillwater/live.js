// Keeps an open page up to date; without this script it shows what was true when it was opened.
// The stream says only "changed". The page then asks for itself and takes over what differs, by these marks:
//   #live[data-topic]       what it follows, where the stream is, what to say; `data-page`: its address, if not this one
//   [data-live][id]         a region; it is replaced when the server shows it otherwise than before
//   [data-keyed]            of this element's children those with an id are looked at one by one
// Nobody is disturbed: where somebody types, selects, or has something unfolded, it waits.
(() => {
  "use strict";
  const UNFOLDED = "details[open]:not(.told *)";  // who is told of a message is unfolded by us
  const OFTEN = 10000, SELDOM = 60000, SOON = 3000;
  const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g, TIME = /<time[^]*?<\/time>/g;
  const known = new Map();
  let live, stream, timer, etag, asking = false, again = false, waits = false;

  const html = (element) => element.outerHTML.replace(TOKEN, "");
  const lists = (element) => element.matches("[data-keyed]") ? [element] : [...element.querySelectorAll("[data-keyed]")];
  const keyed = (element) => [...element.children].filter((child) => child.id);
  const leaves = (element) => lists(element).length
    ? lists(element).flatMap(keyed).flatMap(leaves) : [element];
  const remember = (page) => {
    for (const region of page.querySelectorAll("[data-live]"))
      for (const leaf of leaves(region)) known.set(leaf.id, html(leaf));
  };

  const touched = (field) => field.type === "file" ? field.value : field.options
    ? [...field.options].some((one) => one.selected !== one.defaultSelected && !(one.index === 0 && one.selected))
    : field.value !== field.defaultValue || field.checked !== field.defaultChecked;
  const isCarried = (field) => field.form?.id === "chosen";  // see choosing.js
  const isBusy = (element) => {
    const selection = getSelection(), fields = [...element.querySelectorAll("input:not([type=hidden]), textarea, select")];
    return element.matches(UNFOLDED) || element.querySelector(`${UNFOLDED}, .error, [role=alert]`)
      || fields.some((field) => field === document.activeElement || (touched(field) && !isCarried(field)))
      || (!selection.isCollapsed && selection.containsNode(element, true));
  };

  const words = (text) => (text || "").replace(TIME, "");
  function merge(now, next) {
    const here = lists(now), there = lists(next);
    if (here.length && here.length === there.length && here.every((list, n) => list.id === there[n].id)) {
      here.forEach((list, n) => mergeChildren(list, there[n]));
      return now;
    }
    if (known.get(next.id) === html(next)) return now;
    if (isBusy(now)) {
      waits = true;
      return now;
    }
    const fresh = words(known.get(next.id)) !== words(html(next));
    return put(next, fresh, (element) => now.replaceWith(element));
  }

  function mergeChildren(now, next) {
    const wanted = new Set(keyed(next).map((child) => child.id));
    for (const child of keyed(now)) if (!wanted.has(child.id)) isBusy(child) ? waits = true : child.remove();
    let place = keyed(now)[0] || null;
    for (const child of keyed(next)) {
      const mine = keyed(now).find((one) => one.id === child.id);
      if (mine && mine === place) {
        const merged = merge(mine, child), all = keyed(now);  // asked for after the merge, which may put another in its place
        place = all[all.indexOf(merged) + 1] || null;
      } else if (mine) {
        now.insertBefore(merge(mine, child), place);
      } else {
        put(child, true, (element) => place ? place.before(element) : now.append(element));
      }
    }
  }

  function put(next, fresh, insert) {
    const element = document.importNode(next, true);
    if (fresh) element.classList.add("fresh");
    insert(element);
    leaves(next).forEach((leaf) => known.set(leaf.id, html(leaf)));
    if (window.htmx) window.htmx.process(element);
    return element;
  }

  function take(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const focused = document.activeElement, href = focused.getAttribute("href");
    waits = false;
    for (const region of document.querySelectorAll("[data-live]")) {
      const next = page.getElementById(region.id);
      if (next) merge(region, next);
    }
    if (document.activeElement !== focused) {
      const same = focused.isConnected ? focused : focused.id ? document.getElementById(focused.id)
        : href && document.querySelector(`main a[href="${CSS.escape(href)}"]`);
      if (same) same.focus({ preventScroll: true });
    }
    say(waits ? "waits" : "");
  }

  const say = (what) => {
    const text = live.dataset[what] || "";
    if (live.textContent !== text) live.textContent = text;
  };

  async function refresh() {
    if (asking || live.dataset.state === "gone") return void (again = asking);
    asking = true;
    clearTimeout(timer);
    try {
      const headers = { "HX-Request": "true", "HX-Target": "live" };
      if (etag && !waits) headers["If-None-Match"] = etag;
      const url = live.dataset.page || location.href;
      const answer = await fetch(url, { headers, redirect: "manual", cache: "no-store" });
      if (url !== (live.dataset.page || location.href)) again = true;
      else if (answer.ok) {
        const text = await answer.text();
        etag = answer.headers.get("ETag");
        try {
          take(text);
        } catch (mistake) {
          etag = null; // what was not shown is asked for again
          reportError(mistake);
        }
      } else if (answer.type === "opaqueredirect" || [401, 403, 404].includes(answer.status)) end();
    } catch {
      // The network is away: it is asked again.
    }
    asking = false;
    if (again) return void (again = false, refresh());
    wait();
  }

  // The session has ended, or this is no longer to be seen: nothing is taken away, but nothing new comes.
  function end() {
    stop();
    live.dataset.state = "gone";
    const link = document.createElement("a");
    link.href = live.dataset.page || location.href;
    link.textContent = live.dataset.open;
    live.replaceChildren(`${live.dataset.gone} `, link);
  }

  function wait() {
    clearTimeout(timer);
    if (document.hidden || live.dataset.state === "gone") return;
    timer = setTimeout(refresh, waits ? SOON : live.dataset.state === "stream" ? SELDOM : OFTEN);
  }

  function listen() {
    if (document.hidden || live.dataset.state === "gone") return;
    let late = live.dataset.state;
    stream = new EventSource(`${live.dataset.stream}?topic=${live.dataset.topic}`);
    stream.onopen = () => {
      live.dataset.state = "stream";
      late ? refresh() : wait();
      late = true;
    };
    stream.onmessage = refresh;
    stream.addEventListener("gone", () => { stream.close(); refresh(); });
    stream.onerror = () => {
      if (live.dataset.state !== "poll") live.dataset.state = "poll", wait();
      late = true;
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => stream.readyState === EventSource.CLOSED && listen(), 2 * OFTEN);
    };
  }

  function stop() {
    clearTimeout(timer);
    if (stream) stream.close();
  }

  function begin() {
    live = document.getElementById("live");
    if (!live) return;
    known.clear();
    etag = null;
    remember(document);
  }

  // What htmx can't put in its place (a sign-in, an error) is shown as the page it is.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const opens = detail.target.matches("a.opens");
    if (!detail.boosted && !opens) return;
    if (!detail.xhr.responseText.includes(`id="${detail.target.id}"`)) {
      detail.shouldSwap = false;
      location.assign(detail.xhr.responseURL);
    } else if (opens) {
      // Of forms with one name a browser keeps the one open that was there before.
      for (const other of document.querySelectorAll("details.verb[open]")) other.open = false;
    }
  });

  begin();
  if (!live) return;
  listen();
  document.addEventListener("visibilitychange", () => {
    stop();
    if (!document.hidden) { listen(); refresh(); }
  });
  addEventListener("pagehide", stop);
  addEventListener("pageshow", (event) => { if (event.persisted) { listen(); refresh(); } });
  document.addEventListener("htmx:afterSettle", ({ detail }) => detail.boosted && begin());
})();

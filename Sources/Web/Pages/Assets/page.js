// Keeps the page up to date, and its times relative to now. The page works without it.
"use strict";
(() => {
  const words = (document.body.dataset.words || "").split("|");
  const [NOW, IN, AGO, S, MIN, H, D, ON, LOST, ENDED] = words;

  // On a narrow window the navigation scrolls: to where one is.
  document.querySelector("nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

  // Times

  const amount = (seconds) => {
    const two = (big, bigUnit, small, smallUnit) => `${big} ${bigUnit}` + (small ? ` ${small} ${smallUnit}` : "");
    const s = Math.floor(seconds);
    if (s < 60) return `${s} ${S}`;
    if (s < 3600) return `${Math.floor(s / 60)} ${MIN}`;
    if (s < 86400) return two(Math.floor(s / 3600), H, Math.floor((s % 3600) / 60), MIN);
    return two(Math.floor(s / 86400), D, Math.floor((s % 86400) / 3600), H);
  };
  let ahead = 0;
  const relative = (element) => {
    const seconds = (Date.parse(element.dateTime) - Date.now() - ahead) / 1000;
    const text = Math.abs(seconds) < 1 ? NOW : (seconds > 0 ? IN : AGO).replace("{t}", amount(Math.abs(seconds)));
    if (element.textContent !== text) element.textContent = text;
  };
  const tellTimes = (root) => root.querySelectorAll("time[data-relative]").forEach(relative);
  tellTimes(document);
  setInterval(() => { if (!document.hidden) tellTimes(document); }, 1000);

  // Forms

  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) { event.preventDefault(); return; }
    // Sent once, however often it is pressed.
    if (event.target.method === "post") setTimeout(() => event.target.querySelectorAll("button").forEach((b) => { b.disabled = true; }), 0);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form button:disabled").forEach((b) => { b.disabled = false; }));

  // Staying up to date

  // By attribute: `id` of a form that has a field of that name is the field.
  const key = (node) => (node.nodeType === 1 ? node.getAttribute("id") || node.dataset.key || "" : "");
  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && key(a) === key(b);
  const typed = (node) =>
    node === document.activeElement && /^(INPUT|TEXTAREA|SELECT)$/.test(node.nodeName) ||
    node.nodeName === "TEXTAREA" && node.value !== node.defaultValue ||
    node.nodeName === "INPUT" && !/^(hidden|submit)$/.test(node.type) && (node.value !== node.defaultValue || node.checked !== node.defaultChecked) ||
    node.nodeName === "SELECT" && [...node.options].some((o) => o.selected !== o.defaultSelected);

  // Makes `old` like `fresh`, and leaves alone what is alike, what somebody typed, and what they opened.
  const become = (old, fresh) => {
    if (old.nodeType === 3) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    if (old.nodeType !== 1 || typed(old)) return;
    const isOpen = old.nodeName === "DETAILS" && old.open;
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && !(isOpen && name === "open")) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    if (old.matches("time[data-relative]")) { relative(old); return; }
    if (old.nodeName === "SELECT" && old.isEqualNode(fresh)) return;
    children(old, fresh);
  };
  const children = (old, fresh) => {
    const keyed = new Map();
    for (const child of old.childNodes) if (key(child)) keyed.set(key(child), child);
    const kept = new Set([...fresh.childNodes].map(key));
    let at = old.firstChild;
    for (const wanted of [...fresh.childNodes]) {
      // What is over goes first, so that what stays need not be moved: a node that is moved loses the focus.
      while (at && key(at) && !kept.has(key(at)) && !at.contains(document.activeElement)) {
        const next = at.nextSibling;
        at.remove();
        at = next;
      }
      let found = key(wanted) ? keyed.get(key(wanted)) : at;
      if (found && !alike(found, wanted)) found = null;
      if (!found && !key(wanted) && at) {
        for (let next = at; next && !key(next); next = next.nextSibling) if (alike(next, wanted)) { found = next; break; }
      }
      if (found) {
        if (found === at) at = at.nextSibling; else old.insertBefore(found, at);
        become(found, wanted);
      } else {
        const made = document.importNode(wanted, true);
        old.insertBefore(made, at);
        if (made.nodeType === 1) { made.classList.add("changed"); tellTimes(made); if (made.matches("time[data-relative]")) relative(made); }
      }
    }
    while (at) {
      const next = at.nextSibling;
      if (at.nodeType !== 1 || !(at.contains(document.activeElement) || typed(at))) at.remove();
      at = next;
    }
  };

  const main = document.getElementById("main");
  const address = main.dataset.live;
  const state = document.getElementById("live-state");
  if (!address || !window.EventSource) return;
  let source = null;
  let wait = 1000;
  let timer = null;
  const say = (text) => { if (state.textContent !== text) state.textContent = text; };
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(connect, wait + Math.random() * wait);
    wait = Math.min(wait * 2, 60000);
  };
  const connect = () => {
    if (source || document.hidden) return;
    source = new EventSource(address);
    source.onopen = () => { wait = 1000; say(ON); };
    source.onerror = () => { stop(); say(LOST); again(); };
    source.addEventListener("now", (event) => { ahead = Date.parse(event.data) - Date.now(); if (Math.abs(ahead) < 2000) ahead = 0; });
    source.addEventListener("main", (event) => {
      const fresh = new DOMParser().parseFromString("<main>" + event.data + "</main>", "text/html").querySelector("main");
      if (fresh) children(main, fresh);
    });
    // Signed out, or no longer allowed: trying again would not help.
    source.addEventListener("end", () => { stop(); say(ENDED); });
  };
  const stop = () => { if (source) source.close(); source = null; };
  // A page that nobody looks at costs nothing.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { clearTimeout(timer); stop(); } else { wait = 1000; connect(); }
  });
  window.addEventListener("pagehide", stop);
  connect();
})();

/* Copies of what was typed and is not stored yet: one for each draft of each person, in this
   browser (localStorage). Nobody sees the copy of somebody else; signing out removes one's own. */
"use strict";

const consultCopies = (() => {
  const PREFIX = "consult:copy:";
  const KEPT = 30 * 24 * 3600 * 1000; // ms
  const NOT_TYPED = ["hidden", "password", "file", "submit", "button"];
  const OF_FILES = ["kept", "shown"]; // which files a form has: those are with the server
  const person = document.body.dataset.person || "";

  const pathOf = (address) => {
    const { pathname, search } = new URL(address, location.href);
    return pathname.replace(/^\/[a-z]{2}(?=\/)/, "") + search; // the same form in each language
  };
  const hidden = (form, name) => form.querySelector(`input[type=hidden][name=${name}]`);

  const isTyped = (field) => field.name && !NOT_TYPED.includes(field.type) && !OF_FILES.includes(field.name);

  const texts = (form) => {
    const kept = {};
    for (const field of form.elements) {
      if (!isTyped(field)) continue;
      if (["checkbox", "radio"].includes(field.type)) kept[`${field.name}=${field.value}`] = field.checked;
      else kept[field.name] = field.value;
    }
    return kept;
  };

  // What the browser says about line ends and blanks at the edges is no difference.
  const plain = (kept) => JSON.stringify(kept, (_, value) =>
    typeof value === "string" ? value.replace(/\r\n?/g, "\n").trim() : value);

  const putBack = (form, copy) => {
    for (const name of ["draft", "version"]) {
      const field = hidden(form, name);
      if (field && copy[name]) field.value = copy[name];
    }
    for (const field of form.elements) {
      const choice = ["checkbox", "radio"].includes(field.type);
      const value = copy.texts[choice ? `${field.name}=${field.value}` : field.name];
      if (value === undefined || !isTyped(field)) continue;
      if (choice) field.checked = value;
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const copyOf = (form) => {
    const found = { at: Date.now(), texts: texts(form) };
    for (const name of ["draft", "version"]) {
      const field = hidden(form, name);
      if (field) found[name] = field.value;
    }
    return found;
  };

  const keyOf = (draft) => `${PREFIX}${person}:${draft}`;

  const read = (key) => {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  };
  const drop = (key) => {
    try { localStorage.removeItem(key); } catch { /* forbidden */ }
  };
  const keys = (prefix) => {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(prefix)); } catch { return []; }
  };

  const keep = (form) => {
    const copy = { ...copyOf(form), form: pathOf(form.dataset.autosave) };
    if (!person || !copy.draft) return;
    try { localStorage.setItem(keyOf(copy.draft), JSON.stringify(copy)); } catch { /* full, or forbidden */ }
  };

  const isThere = (form, copy) => copy.draft === hidden(form, "draft").value && plain(copy.texts) === plain(texts(form));

  // The copies that belong in a form: that of its draft, or, where a new one begins, all of that form.
  const found = (form) => {
    if (!person) return [];
    const draft = hidden(form, "draft").value;
    const mine = keys(`${PREFIX}${person}:`).map(read).filter((copy) => copy && copy.texts);
    const begun = form.dataset.copies === "all";
    const here = pathOf(form.dataset.autosave);
    return mine
      .filter((copy) => copy.draft === draft || (begun && copy.form === here))
      .filter((copy) => !isThere(form, copy))
      .sort((one, other) => other.at - one.at);
  };

  for (const key of keys(PREFIX)) {
    const copy = read(key);
    if (!copy || Date.now() - copy.at > KEPT) drop(key);
  }
  keys("consult:/").forEach(drop); // of a time when a copy did not say whose it was
  const taken = document.body.dataset.draftTaken;
  if (taken) drop(keyOf(taken));
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-signs-out]")) return;
    keys(`${PREFIX}${person}:`).forEach(drop);
    try { sessionStorage.clear(); } catch { /* forbidden */ }
  });

  return { person, pathOf, copyOf, putBack, keep, found, isThere, drop: (draft) => drop(keyOf(draft)) };
})();

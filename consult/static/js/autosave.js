/* Drafts keep themselves: form[data-autosave=address] is posted at most every three seconds while
   somebody types. Without a connection a copy stays in this browser, and is offered again. The
   form itself works without this. */
(() => {
  "use strict";

  const PAUSE = 3000; // ms between two saves
  const SKIPPED = new Set(["csrf_token", "once", "version"]); // never part of the kept copy

  const clock = () =>
    new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

  const storage = {
    get(key) {
      try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
    },
    set(key, value) {
      try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full, or forbidden */ }
    },
    drop(key) {
      try { localStorage.removeItem(key); } catch { /* forbidden */ }
    },
  };

  const texts = (form) => {
    const kept = {};
    for (const field of form.elements) {
      if (!field.name || SKIPPED.has(field.name)) continue;
      if (["hidden", "password", "file", "submit", "button"].includes(field.type)) continue;
      if (["checkbox", "radio"].includes(field.type)) {
        kept[`${field.name}=${field.value}`] = field.checked;
      } else {
        kept[field.name] = field.value;
      }
    }
    return kept;
  };

  const putBack = (form, kept) => {
    for (const field of form.elements) {
      const choice = ["checkbox", "radio"].includes(field.type);
      const value = kept[choice ? `${field.name}=${field.value}` : field.name];
      if (value === undefined) continue;
      if (choice) field.checked = value;
      else if (field.type !== "file") field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  const versionIn = async (answer) => {
    if ((answer.headers.get("content-type") || "").includes("json")) return answer.json();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const field = page.querySelector("form[data-autosave] [name=version]");
    return { version: field ? field.value : null };
  };

  const start = (form) => {
    const key = `consult:${form.dataset.autosave}`;
    const line = form.querySelector("[data-autosave-status]");
    let dirty = false;
    let busy = false;
    let stopped = false;
    let timer = 0;

    const say = (text, failed = false) => {
      if (!line) return;
      line.textContent = text;
      line.classList.toggle("consult-saved--failed", failed);
    };

    const plan = () => {
      if (!timer && !busy && !stopped) timer = setTimeout(save, PAUSE);
    };

    async function save() {
      timer = 0;
      if (!dirty || stopped) return;
      dirty = false;
      busy = true;
      const body = new FormData(form);
      body.delete("once"); // the key is for handing in; a draft is saved as often as one likes
      for (const field of form.querySelectorAll("input[type=file]")) body.delete(field.name);
      try {
        const answer = await fetch(form.dataset.autosave, {
          method: "POST", body, credentials: "same-origin",
          headers: { Accept: "application/json", "X-Autosave": "1" },
        });
        if (!answer.ok) throw new Error(String(answer.status));
        const said = await versionIn(answer);
        const version = form.elements.namedItem("version");
        if (version && said.version) version.value = said.version;
        // The first save made the draft; the next ones, and handing in, go on with it.
        const draft = form.elements.namedItem("draft");
        if (draft && said.draft) draft.value = said.draft;
        storage.drop(key);
        say(`${form.dataset.saved} ${said.saved_at || clock()}`);
      } catch (problem) {
        storage.set(key, { at: Date.now(), texts: texts(form) });
        // Refused for good (changed elsewhere, signed out, closed): sending again cannot help.
        stopped = /^4(0[1-9]|1\d)$/.test(problem.message);
        dirty = !stopped;
        say(stopped ? form.dataset.refused : form.dataset.failed, true);
      } finally {
        busy = false;
        if (dirty) plan();
      }
    }

    form.addEventListener("input", () => { dirty = true; plan(); });
    form.addEventListener("submit", () => {
      stopped = true;
      clearTimeout(timer);
      // Handed to the server, which gives it back if it refuses: no old copy on a shared machine.
      if (navigator.onLine) storage.drop(key);
    });
    window.addEventListener("online", () => { if (dirty) plan(); });
    window.addEventListener("pagehide", () => {
      if (dirty && !stopped) storage.set(key, { at: Date.now(), texts: texts(form) });
    });

    const found = storage.get(key);
    if (found && found.texts && JSON.stringify(found.texts) !== JSON.stringify(texts(form))) {
      offer(form, found.texts, () => storage.drop(key));
    }
  };

  function offer(form, kept, forget) {
    const box = document.createElement("div");
    box.className = "consult-found";
    box.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = form.dataset.found;
    box.append(text);
    const act = (label, kind, work) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `utrecht-button utrecht-button--${kind}`;
      button.textContent = label;
      button.addEventListener("click", () => { work(); box.remove(); });
      box.append(button);
    };
    act(form.dataset.restore, "primary-action", () => putBack(form, kept));
    act(form.dataset.discard, "secondary-action", forget);
    form.prepend(box);
  }

  for (const form of document.querySelectorAll("form[data-autosave]")) start(form);
})();

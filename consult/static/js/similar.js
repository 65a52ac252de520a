/* While somebody types a title: the proposals that look like it, below the field. Without this they
   stand on the next page of the form. */
(() => {
  "use strict";

  const PAUSE = 700; // ms after the last letter
  const FEWEST = 8; // letters of a title that says something

  for (const box of document.querySelectorAll("[data-similar]")) {
    const field = document.getElementById(box.dataset.title);
    let timer = 0;
    let asked = "";

    const look = async () => {
      const title = field.value.trim();
      if (title === asked) return;
      asked = title;
      if (title.length < FEWEST) return box.replaceChildren();
      try {
        const answer = await fetch(`${box.dataset.similar}?${new URLSearchParams({ title })}`, { credentials: "same-origin" });
        if (answer.ok && asked === title) box.innerHTML = await answer.text();
      } catch { /* no connection: the next page of the form shows them */ }
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
  }
})();

/* While somebody types a title: the proposals that look like it, in the room below the field. Without
   this they stand on the next page of the form. */
(() => {
  "use strict";

  const PAUSE = 700; // ms after the last letter

  for (const room of document.querySelectorAll("[data-similar]")) {
    const field = document.getElementById(room.dataset.title);
    let timer = 0;
    let asked = field.value.trim();

    const show = (html) => {
      if (html === room.shown) return; // what is the same is not read out again
      room.shown = html;
      const wasOpen = room.querySelector("details")?.open;
      room.innerHTML = html;
      room.querySelector("details")?.toggleAttribute("open", Boolean(wasOpen));
    };

    const look = async () => {
      const title = field.value.trim();
      if (title === asked) return;
      asked = title;
      try {
        const answer = await fetch(`${room.dataset.similar}?${new URLSearchParams({ title })}`, { credentials: "same-origin" });
        if (answer.ok && asked === title) show(await answer.text());
      } catch { /* no connection: the next page of the form shows them */ }
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(look, PAUSE);
    });
  }
})();

// The page of a statement: the holes follow the boxes, and what is typed is kept in the vault a moment later. Without it both happen when
// the form is sent.

const form = document.querySelector("#answer");
const saved = document.querySelector("#saved");
const boxes = () => [...form.querySelectorAll("input[name=open]")];

/** How long nothing is typed before it is kept. */
const PAUSE = 1200;

if (form) {
  let timer = 0;
  let running = null;
  let dirty = false;

  const say = (text) => { if (saved) saved.textContent = text; };

  /** Sends the form as it stands; one at a time, the newest last. */
  const keep = async () => {
    clearTimeout(timer);
    while (running) await running;
    if (!dirty) return true;
    dirty = false;
    running = send().finally(() => { running = null; });
    return running;
  };

  const send = async () => {
    say("Saving …");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { accept: "application/json" },
        body: new URLSearchParams(new FormData(form)),
        redirect: "error",
      });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.error);
      form.elements.revision.value = told.revision;
      const note = form.elements.note;
      if (note && document.activeElement !== note && note.value !== told.note && (note.value === form.elements.proposed.value || !note.value.trim())) note.value = told.note;
      form.elements.proposed.value = told.proposed;
      const lacks = document.querySelector("#copy-lacks");
      if (lacks) {
        lacks.textContent = told.copy ?? "";
        lacks.hidden = !told.copy;
      }
      const now = new Date();
      say(`Saved in the vault at ${now.toTimeString().slice(0, 5)}. Nothing more is public by that.`);
      return true;
    } catch (error) {
      dirty = true;
      say(error instanceof TypeError ? "Not saved: the desk does not answer. Your text stays here; it is tried again." : `${error.message}.`);
      if (error instanceof TypeError) later(5000);
      return false;
    }
  };

  const later = (pause) => { clearTimeout(timer); timer = setTimeout(keep, pause); };
  const changed = () => { dirty = true; later(PAUSE); };

  /** Part numbers in words: "1, 3 and 4". */
  const listed = (numbers) => numbers.length < 2 ? numbers.join("") : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;

  const show = () => {
    const all = boxes();
    for (const box of all) {
      for (const face of document.querySelectorAll(`#seen [data-part="${box.value}"]`)) {
        face.hidden = face.classList.contains("hole") === box.checked;
      }
    }
    const fresh = all.filter((box) => box.checked && !box.hasAttribute("data-public")).map((box) => box.value);
    const forever = document.querySelector("#forever");
    if (forever) {
      forever.className = fresh.length ? "alert wait" : "hint";
      forever.textContent = fresh.length === 0
        ? "No further part becomes public."
        : `${fresh.length === 1 ? "1 part becomes" : `${fresh.length} parts become`} public with the next version, for ever: ${fresh.length === 1 ? "part" : "parts"} ${listed(fresh)}. What was opened can’t be closed again.`;
    }
    const count = document.querySelector("#open-count");
    if (count) count.textContent = `${all.filter((box) => box.checked).length} of ${all.length === 1 ? "1 part" : `${all.length} parts`} open`;
  };

  form.addEventListener("input", (event) => {
    if (event.target.name === "open") show();
    changed();
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=pick]");
    if (!button) return;
    event.preventDefault();
    for (const box of boxes()) {
      if (box.disabled) continue;
      box.checked = button.value === "all" || (button.value === "post" && ["whole", "altered"].includes(box.dataset.post));
    }
    show();
    changed();
  });

  // What is on its way arrives first, so that the form carries the newest revision.
  let sent = false;
  form.addEventListener("submit", async (event) => {
    clearTimeout(timer);
    if (!running) { sent = true; return; }
    event.preventDefault();
    await running;
    sent = true;
    form.requestSubmit(event.submitter);
  });

  addEventListener("beforeunload", (event) => { if (dirty && !sent) event.preventDefault(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden && dirty && !sent) keep(); });
  show();
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  button.addEventListener("click", async () => {
    const told = document.querySelector("#copied");
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      if (told) told.textContent = "Copied.";
    } catch {
      if (told) told.textContent = "The browser does not let a page copy here: mark the link and copy it.";
    }
  });
}

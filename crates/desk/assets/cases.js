// Comfort on the pages of cases: dropping and pasting a screenshot, copying and sharing the brief. Everything works without it.

for (const hidden of document.querySelectorAll(".scripted")) hidden.hidden = false;

const PICTURES = ["image/png", "image/jpeg", "image/webp"];

/** The first picture among what was dropped or pasted. */
function picture(items) {
  for (const file of items?.files ?? []) if (PICTURES.includes(file.type)) return file;
  return undefined;
}

function drops(form) {
  const input = form.elements[form.dataset.drop];
  const said = document.getElementById("picture-said");
  const take = (file) => {
    const chosen = new DataTransfer();
    chosen.items.add(file);
    input.files = chosen.files;
    said.textContent = `${file.name || "The picture"} is chosen.`;
  };
  const over = (on) => form.classList.toggle("over", on);
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) over(false);
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    const file = picture(event.dataTransfer);
    if (file) take(file);
    else said.textContent = "That is no PNG, JPEG or WebP picture.";
  });
  addEventListener("paste", (event) => {
    const file = picture(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    take(file);
  });
}

const say = (button, text) => {
  const said = button.parentElement.querySelector("[data-said]");
  if (said) said.textContent = text;
};

for (const form of document.querySelectorAll("form[data-drop]")) drops(form);

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      say(button, "Copied.");
    } catch {
      say(button, "The browser does not allow it: copy the text below.");
    }
  });
}

for (const button of document.querySelectorAll("[data-share]")) {
  if (!navigator.share) button.hidden = true;
  button.addEventListener("click", () => navigator.share({ text: document.getElementById(button.dataset.share).value }).catch(() => {}));
}

// Copies a copy's text to the clipboard; without script it is selected by hand.

const text = document.getElementById('copy-text');
const button = document.getElementById('copy-button');
const said = document.getElementById('copied');

if (text && button) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = 'Copied, whole.';
    } catch {
      said.textContent = 'The browser does not allow it: the text is selected, copy it with the keyboard.';
    }
  });
}

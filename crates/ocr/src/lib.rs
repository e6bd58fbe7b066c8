//! Reads the text of a picture: prepares it and asks Tesseract.

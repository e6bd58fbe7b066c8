// What people do at the desk, in the words of its pages.

/** Adds a correspondent. */
export const befriend = async (me, office, { handle, name, salutation }) => {
  await me.go(`${office.desk}/people`);
  await me.open('Add somebody');
  await me.fill('Handle', handle);
  await me.fill(['Name', 1], name);
  await me.fill(['Field', 1], 'salutation');
  await me.fill(['Text', 1], salutation);
  await me.button('Add');
  await me.reads(name);
};

/** Begins a draft and types it. */
export const draft = async (me, office, { title, text }) => {
  await me.go(`${office.desk}/write`);
  await me.fill('What do you call the new message?', title);
  await me.button('Begin');
  await me.fill('The text', text);
  await me.button('Save');
  await me.reads(/Saved \d/);
  return me.path();
};

/** From a draft to a sealed message: to whom, and provable at once. */
export const sealDraft = async (me, office, path, names) => {
  await me.go(`${office.desk}${path}/seal`);
  for (const name of names) await me.tick(name);
  await me.button('Keep these');
  await me.tick('Publish its leaf in the log at once');
  await me.button(`Seal for ${names.length} recipient`);
  await me.reads('provable');
};

/** Opens a case on words that somebody published. */
export const openCase = async (me, office, text, reason = '') => {
  await me.go(`${office.desk}/cases/new`);
  await me.fill('Or its text', text);
  if (reason) {
    await me.open('Look for the copy at once');
    await me.fill('Why is a copy looked for?', reason);
  }
  await me.button('Open the case');
  await me.until('/^Case [0-9a-f]{8}/.test(document.title)', 30_000);
  return me.path();
};

/** Answers a case with the parts that stand in the post, and publishes. */
export const answer = async (me, { title = '', text, byline }) => {
  await me.button('Answer');
  await me.button('Open what stands in the post');
  if (title) await me.fill('Title', title);
  await me.fill('Statement', text);
  await me.fill('Who speaks', byline);
  await me.button('Preview and publish');
  await me.reads('What it does not prove');
  await me.button('Publish');
  await me.reads('Published as version 1');
};

// Reads formulas, one JSON string a line, and prints what KaTeX says to each: "ok" or its error.
const katex = require(process.argv[2]);
const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter((line) => line !== '');
for (const line of lines) {
  try {
    katex.renderToString(JSON.parse(line), {displayMode: true, throwOnError: true, strict: false});
    console.log('ok');
  } catch (error) {
    console.log(String(error.message).split('\n')[0]);
  }
}

// node duckdb.mjs FOLDER RUNS KIND...: DuckDB's functions on FOLDER/KIND.tsv, one thread, the least
// user CPU of RUNS runs, or of one that takes over three seconds, in nanoseconds per pair, as
// "duckdb function kind nanoseconds".
import { DuckDBInstance } from '@duckdb/node-api';

const [folder, runs, ...kinds] = process.argv.slice(2);
const functions = {
	floor: '(a = b)::int',
	levenshtein: 'levenshtein(a, b)',
	damerau_levenshtein: 'damerau_levenshtein(a, b)',
	jaro_winkler: 'jaro_winkler_similarity(a, b)',
};

const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
for (const kind of kinds) {
	await connection.run(`CREATE TABLE ${kind} AS SELECT * FROM read_csv('${folder}/${kind}.tsv',
		delim = '\t', header = false, quote = '', escape = '', columns = {a: 'VARCHAR', b: 'VARCHAR'})`);
	const counted = await connection.runAndReadAll(`SELECT count(*)::int FROM ${kind}`);
	const pairs = counted.getRows()[0][0];
	for (const [name, expression] of Object.entries(functions)) {
		let least = Infinity;
		for (let run = 0; run < Number(runs) && (run === 0 || least < 3e6); run++) {
			const before = process.cpuUsage();
			await connection.run(`SELECT sum(${expression}) FROM ${kind}`);
			least = Math.min(least, process.cpuUsage(before).user);
		}
		console.log(`duckdb\t${name}\t${kind}\t${Math.round(least * 1000 / pairs)}`);
	}
}

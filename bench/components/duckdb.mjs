// node duckdb.mjs FOLDER RUNS: label propagation with pointer jumping in DuckDB over FOLDER/edge.tsv, two
// threads; each run as "label CPU wall" in seconds.
import { DuckDBInstance } from '@duckdb/node-api';

const [folder, runs] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect();
await connection.run(`CREATE TABLE edge AS SELECT * FROM read_csv('${folder}/edge.tsv', delim = '\t', header = false,
	columns = {a: 'BIGINT', b: 'BIGINT'})`);
for (let run = 0; run < Number(runs); run++) {
	const cpu = process.cpuUsage();
	const start = performance.now();
	await connection.run('CREATE OR REPLACE TABLE link AS SELECT a, b FROM edge UNION ALL SELECT b, a FROM edge');
	await connection.run('CREATE OR REPLACE TABLE label AS SELECT a AS id, a AS component FROM link GROUP BY a');
	for (let changed = 1; changed > 0; ) {
		await connection.run(`CREATE OR REPLACE TABLE next AS
			SELECT own.id, least(own.component, n.component, up.component) AS component
			FROM label own
			JOIN label up ON up.id = own.component
			JOIN (SELECT link.a AS id, min(label.component) AS component FROM link JOIN label ON label.id = link.b GROUP BY link.a) n ON n.id = own.id`);
		const result = await connection.runAndReadAll(
			'SELECT count(*)::int FROM label JOIN next USING (id) WHERE label.component <> next.component');
		changed = result.getRows()[0][0];
		await connection.run('CREATE OR REPLACE TABLE label AS FROM next');
	}
	const used = process.cpuUsage(cpu);
	console.log(`label propagation in DuckDB, two threads\t${(used.user + used.system) / 1e6}\t${(performance.now() - start) / 1e3}`);
}

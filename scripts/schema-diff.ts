/**
 * The SQL that leads from the migrations to `prisma/schema.prisma`: empty where they agree.
 * `npm run migration -- NAME` writes it to a new migration, to be read before it is committed.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { startPostgres } from '../api/postgres/embedded.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'prisma/migrations');
const CHAR_ARRAY = 1002;

/** Replays the migrations into a scratch database of its own and compares. */
export async function schemaDiff(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-diff-'));
  const postgres = await startPostgres(dataDir);
  const pool = new ScratchPool(postgres.connection);
  try {
    const SchemaEngine = await loadEngine();
    const content = await readFile(join(root, 'prisma/schema.prisma'), 'utf8');
    const engine = await SchemaEngine.new(
      { datamodels: [['schema.prisma', content]] },
      () => {},
      bindMigrationAwareSqlAdapterFactory(new ScratchAdapter(pool)),
    );
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...(await migrationList()) },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    return stdout?.includes('This is an empty migration') ? '' : (stdout ?? '');
  } finally {
    await pool.end();
    await postgres.close();
    await rm(dataDir, { recursive: true });
  }
}

/** Its whole server is thrown away, so its database serves as the shadow and need not be dropped. */
class ScratchAdapter extends PrismaPg {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    super(pool);
    this.#pool = pool;
  }

  override async connect() {
    const adapter = await super.connect();
    // As the server applies them: the adapter would cut a script at each semicolon, also within functions.
    adapter.executeScript = async (script) => void (await this.#pool.query(script));
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      const { Character, CharacterArray } = ColumnTypeEnum;
      result.columnTypes = result.columnTypes.map((type) =>
        type === CharacterArray ? Character : type,
      );
      return result;
    };
    return adapter;
  }

  override connectToShadowDb() {
    return this.connect();
  }
}

/**
 * The engine asks the catalogues for columns of type "char", which the adapter refuses to name. It
 * knows arrays of them: they pass as such, and `ScratchAdapter` calls them what they are.
 */
class ScratchPool extends pg.Pool {
  override query = async (...args: unknown[]) => {
    const query = pg.Pool.prototype.query as (...args: unknown[]) => unknown;
    const result = (await query.apply(this, args)) as pg.QueryResult;
    for (const field of result.fields ?? []) {
      if (field.dataTypeID === pg.types.builtins.CHAR) field.dataTypeID = CHAR_ARRAY;
    }
    return result as never;
  };
}

/** Prisma's engine as WebAssembly: the native one is a download that not every network allows. */
async function loadEngine() {
  const require = createRequire(import.meta.url);
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(
    require.resolve('@prisma/schema-engine-wasm').replace(/\.js$/, '_bg.wasm'),
  );
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Instantiator };
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return glue.SchemaEngine;
}

/** Node's types leave WebAssembly to the browser's. */
interface Instantiator {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
}

async function migrationList() {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (path) => ({
        path,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(folder, path, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}

if (process.argv[1] === import.meta.filename) {
  const name = process.argv[2];
  if (!name || !/^[a-z0-9_]+$/.test(name)) {
    console.error('Name the migration in lower case, as in: npm run migration -- add_reactions');
    process.exit(1);
  }
  const sql = await schemaDiff();
  if (sql === '') {
    console.log('The migrations and prisma/schema.prisma agree: there is nothing to write.');
  } else {
    const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
    await mkdir(join(folder, `${stamp}_${name}`), { recursive: true });
    await writeFile(join(folder, `${stamp}_${name}`, 'migration.sql'), sql);
    console.log(`Wrote prisma/migrations/${stamp}_${name}/migration.sql: read it.`);
  }
}

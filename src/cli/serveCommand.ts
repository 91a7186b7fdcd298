import { keptServerToken } from '../server/token.ts';
import { versionOf } from '../platform/version.ts';
import type { Command, Context } from './command.ts';
import { exit } from './exitCodes.ts';
import { folderSettings } from './folder.ts';

export const serveCommand: Command = {
  usage: '[--port N]',
  help: 'take errors, metrics and feedback from programs of this machine, and answer the API, until interrupted',
  operands: 0,
  scansAside: true,
  run,
};

async function run({ app, args, out, signal }: Context): Promise<number> {
  const settings = () => folderSettings(app.folder, process.env);
  const { token, file } = await keptServerToken(app.folder, process.env);
  const { serve } = await import('../server/serve.ts');
  const serving = await serve({
    app,
    folder: app.folder,
    settings,
    token,
    version: versionOf(),
    port: args.port ?? settings().server.port,
    log: out.log,
  });
  const watcher = app.watch();
  try {
    const { url, port, dsn, ingestKey } = serving;
    out.event({ event: 'listening', url, port, dsn, ingestKey, tokenFile: file }, () =>
      [
        `Listening on ${url} (this machine only). Press Ctrl+C to stop.`,
        `  Sentry SDKs         SENTRY_DSN=${dsn}`,
        `  OpenTelemetry       OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
        `                      OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer ${ingestKey}"`,
        `  anything else       POST ${url}/ingest/{errors,metrics,feedback}`,
        `  API                 ${url}/openapi.json, with the token in ${file}`,
      ].join('\n'),
    );
    await new Promise<void>((done) => {
      if (signal.aborted) done();
      signal.addEventListener('abort', () => done(), { once: true });
    });
  } finally {
    await serving.dispose();
    watcher.dispose();
  }
  return exit.done;
}

import { join } from 'node:path';
import type { Gate } from './context.ts';
import { failed, notConfigured, passed, plural } from './finding.ts';
import { examineServers, type McpRow } from './mcp/examine.ts';
import { isInTree } from './treeChanges.ts';

/**
 * The servers that the workspace's files name answer. Those files are read from the base and the servers
 * run in the user's own tree: nothing of the patch is started here.
 */
export const mcp: Gate = {
  id: 'mcp',
  runsCode: true,
  asksOutside: true,
  async run(context, signal) {
    const { git, patch, folder } = context;
    const rows = await examineServers(
      {
        folder: join(context.mainRoot, folder),
        environment: process.env,
        mark: () => context.mark(),
        read: async (file) => {
          const path = folder + file;
          if (!(await isInTree(git, patch.base, path, signal))) return undefined;
          return git.run(['cat-file', 'blob', `${patch.base}:${path}`], { signal });
        },
      },
      signal,
    );
    const evidence = rows.map(rowLine);
    const of = (state: McpRow['state']): readonly McpRow[] =>
      rows.filter((row) => row.state === state);
    const [broken] = of('broken');
    if (rows.length === 0) return notConfigured('No file of this workspace names an MCP server.');
    if (broken) {
      const more = of('broken').length > 1 ? ` (and ${of('broken').length - 1} more)` : '';
      return failed(
        `The MCP server ${broken.name} of ${broken.file} does not work${more}: ${broken.detail}. Mend it or take it out, or switch this gate off.`,
        { evidence },
      );
    }
    const works = of('works').length;
    const marks = of('needs_input').map(rowLine);
    return works === 0
      ? notConfigured('No MCP server can be started without a person.', { evidence, marks })
      : passed(`${plural(works, 'MCP server')} answered.`, { evidence, marks });
  },
};

function rowLine({ name, file, detail, state }: McpRow): string {
  return `${name} (${file}): ${state === 'needs_input' ? 'not started, ' : ''}${detail}`;
}

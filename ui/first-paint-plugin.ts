import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transformWithOxc, type HtmlTagDescriptor, type Plugin } from "vite";

const SOURCE = fileURLToPath(new URL("./src/app/first-paint.ts", import.meta.url));

const NAME = "first-paint.js";

/**
 * Puts `first-paint.ts` into the head as a blocking file of its own with a
 * hashed name. A module script would run after the first paint, and an inline
 * one is forbidden by the content security policy.
 */
export function firstPaint(): Plugin {
  let building = false;
  return {
    name: "first-paint",
    configResolved(config) {
      building = config.command === "build";
    },
    async buildStart() {
      if (!building) return;
      this.addWatchFile(SOURCE);
      const code = await compile();
      this.emitFile({ type: "asset", name: NAME, source: code });
    },
    configureServer(server) {
      server.middlewares.use(`/${NAME}`, (_request, response, next) => {
        compile()
          .then((code) => response.setHeader("content-type", "text/javascript").end(code))
          .catch(next);
      });
    },
    transformIndexHtml: {
      order: "post",
      handler(html, context) {
        const built = Object.values(context.bundle ?? {}).find(
          (file) => file.type === "asset" && file.names.includes(NAME),
        );
        return { html, tags: [blockingScript(built ? `./${built.fileName}` : `/${NAME}`)] };
      },
    },
  };
}

function blockingScript(source: string): HtmlTagDescriptor {
  return { tag: "script", attrs: { src: source }, injectTo: "head-prepend" };
}

async function compile(): Promise<string> {
  const { code } = await transformWithOxc(readFileSync(SOURCE, "utf8"), SOURCE, { sourcemap: false });
  return `(() => {${code.replaceAll(/^\s*\/\/.*\n/gm, "")}})();`;
}

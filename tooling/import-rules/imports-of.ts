import { parseSync, Visitor, type Expression, type Super } from "oxc-parser";

/** One import, re-export or dynamic import of a file. */
export interface Import {
  specifier: string;
  /** True when nothing is loaded at run time; `import { type X }` still loads the module, so it counts as a value. */
  isType: boolean;
  line: number;
}

export interface FileFacts {
  imports: Import[];
  /** Lines that read the environment. */
  environmentReads: number[];
}

/** What a TypeScript or JavaScript source imports and reads. Throws when it does not parse. */
export const factsOf = (file: string, source: string): FileFacts => {
  const parsed = parseSync(file, source);
  const [error] = parsed.errors;
  if (error !== undefined) throw new Error(`${file} does not parse: ${error.message}`);
  const lineAt = (offset: number) => source.slice(0, offset).split("\n").length;
  const isTypeStatement = (offset: number) =>
    /^(?:import|export)\s+type\b(?!\s*,|\s+from\b)/.test(source.slice(offset, offset + 200));

  const imports: Import[] = parsed.module.staticImports.map((statement) => ({
    specifier: statement.moduleRequest.value,
    isType: isTypeStatement(statement.start),
    line: lineAt(statement.start),
  }));
  for (const statement of parsed.module.staticExports) {
    const request = statement.entries.find((entry) => entry.moduleRequest !== null)?.moduleRequest;
    if (request === undefined || request === null) continue;
    imports.push({
      specifier: request.value,
      isType: isTypeStatement(statement.start),
      line: lineAt(statement.start),
    });
  }

  const environmentReads: number[] = [];
  // The walk over the whole tree costs more than the parse, and few files need it.
  if (/\bprocess\b|\bimport\s*\(|\brequire\b/.test(source)) {
    const isProcess = (node: Expression | Super | null) =>
      node?.type === "Identifier" && node.name === "process";
    new Visitor({
      ImportExpression: ({ source: from, start }) => {
        if (from.type === "Literal" && typeof from.value === "string") {
          imports.push({ specifier: from.value, isType: false, line: lineAt(start) });
        }
      },
      TSImportType: ({ source: from, start }) => {
        imports.push({ specifier: from.value, isType: true, line: lineAt(start) });
      },
      TSExternalModuleReference: ({ expression, start }) => {
        imports.push({ specifier: expression.value, isType: false, line: lineAt(start) });
      },
      MemberExpression: ({ object, property, start }) => {
        if (!isProcess(object)) return;
        const name =
          property.type === "Literal" ? property.value : "name" in property && property.name;
        if (name === "env") environmentReads.push(lineAt(start));
      },
      VariableDeclarator: ({ id, init, start }) => {
        if (!isProcess(init) || id.type !== "ObjectPattern") return;
        const takesEnv = id.properties.some(
          (property) =>
            property.type === "Property" &&
            property.key.type === "Identifier" &&
            property.key.name === "env",
        );
        if (takesEnv) environmentReads.push(lineAt(start));
      },
    }).visit(parsed.program);
  }
  for (const statement of parsed.module.staticImports) {
    const takesEnv =
      /^(node:)?process$/.test(statement.moduleRequest.value) &&
      statement.entries.some((entry) => entry.importName.name === "env");
    if (takesEnv) environmentReads.push(lineAt(statement.start));
  }
  return { imports, environmentReads };
};

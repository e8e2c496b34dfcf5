/**
 * What may be answered once for all who ask the same: fields that are declared `shared: true`, which
 * promises that their value is the same for every viewer who may see it at all. The default is no.
 */
import SchemaBuilder, {
  BasePlugin,
  type PothosOutputFieldConfig,
  type SchemaTypes,
} from '@pothos/core';
import {
  type DocumentNode,
  getNamedType,
  getOperationAST,
  type GraphQLSchema,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- how Pothos is extended
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      sharing: SharingPlugin<Types>;
    }

    export interface FieldOptions {
      /** The value is the same for every viewer who may see it; never reads `context.viewer`. */
      shared?: boolean;
    }
  }
}

class SharingPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>) {
    const { shared = false } = config.pothosOptions as { shared?: boolean };
    return { ...config, extensions: { ...config.extensions, shared } };
  }
}

SchemaBuilder.registerPlugin('sharing', SharingPlugin);

export default 'sharing' as const;

/** A field of an operation, and whether it is shared. */
export interface FieldSharing {
  /** Such as `messageAdded.node.author`. */
  path: string;
  /** Such as `Message.author`. */
  field: string;
  shared: boolean;
}

/** Every field that an operation selects, in the order of the document. */
export function describeSharing(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string | null,
): FieldSharing[] {
  const operation = getOperationAST(document, operationName);
  const fields: FieldSharing[] = [];
  if (!operation) return fields;
  const used = new Set<unknown>([operation]);
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === 'FragmentDefinition' ? [[definition.name.value, definition]] : [],
    ),
  );
  const path: string[] = [];
  const typeInfo = new TypeInfo(schema);
  const walk = (node: Parameters<typeof visit>[0]) =>
    visit(
      node,
      visitWithTypeInfo(typeInfo, {
        FragmentSpread({ name }) {
          const fragment = fragments.get(name.value);
          if (!fragment || used.has(fragment)) return;
          used.add(fragment);
          walk(fragment);
        },
        Field: {
          enter({ name, alias }) {
            path.push((alias ?? name).value);
            if (name.value.startsWith('__')) return;
            const parent = typeInfo.getParentType();
            fields.push({
              path: path.join('.'),
              field: `${parent && getNamedType(parent).name}.${name.value}`,
              shared: typeInfo.getFieldDef()?.extensions['shared'] === true,
            });
          },
          leave: () => void path.pop(),
        },
      }),
    );
  walk(operation);
  return fields;
}

/** Whether one execution may answer the operation for all who may follow what it is about. */
export function isShared(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName?: string | null,
): boolean {
  const fields = describeSharing(schema, document, operationName);
  return fields.length > 0 && fields.every(({ shared }) => shared);
}

import { RegistrationPolicy } from '../about/schema.ts';
import { builder } from '../builder.ts';
import { ADJUSTABLE, ADJUSTABLE_NAMES, SERVER_NAME_MAX_LENGTH } from '../config.ts';
import type { CurrentSettings } from '../settings/settings.ts';
import { updateServerSettings } from '../settings/update.ts';
import { logoAddressOf, removeServerLogo } from '../upload/logo.ts';
import { Administration } from './schema.ts';

const SettingName = builder.enumType('SettingName', {
  description: 'The settings that administrators may change, each by its environment variable.',
  values: Object.fromEntries(
    ADJUSTABLE_NAMES.map((name) => [
      ADJUSTABLE[name],
      { value: name, description: `The field \`${name}\`.` },
    ]),
  ),
});

const ServerSettings = builder.objectRef<CurrentSettings>('ServerSettings').implement({
  description:
    'What administrators may set while the server runs. What the environment sets is fixed; else what is set here holds, else ' +
    'the default.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What the server is called.' }),
    registration: t.expose('registration', {
      type: RegistrationPolicy,
      description: 'Who may register.',
    }),
    maxUploadBytes: t.exposeInt('maxUploadBytes', { description: 'The largest file, in bytes.' }),
    maxFilesPerMessage: t.exposeInt('maxFilesPerMessage', {
      description: 'The most files of one message; 0 takes none.',
    }),
    uploadTypes: t.stringList({
      description:
        'The media types that are taken, by what is in a file, such as `image/*`; `*` for any.',
      resolve: ({ uploadTypes }) => uploadTypes,
    }),
    logoUrl: t.string({
      nullable: true,
      description: 'Where the logo is; null for none.',
      resolve: ({ logoId }) => logoAddressOf(logoId),
    }),
    fixed: t.field({
      type: [SettingName],
      description: 'Those that the environment fixes: nobody changes them here.',
      resolve: ({ fixed }) => fixed,
    }),
    set: t.field({
      type: [SettingName],
      description: 'Those that are set here; all others that are not fixed have their defaults.',
      resolve: ({ set }) => set,
    }),
  }),
});

builder.objectField(Administration, 'settings', (t) =>
  t.field({
    type: ServerSettings,
    description: 'What is set.',
    resolve: (_administration, _args, { app }) => app.settings.current,
  }),
);

const UpdateServerSettingsInput = builder.inputType('UpdateServerSettingsInput', {
  description: 'What to set; null goes back to the default, and what is left out stays as it is.',
  fields: (t) => ({
    name: t.string({
      required: false,
      description: `What the server is called: one line of at most ${SERVER_NAME_MAX_LENGTH} characters.`,
    }),
    registration: t.field({
      type: RegistrationPolicy,
      required: false,
      description: 'Who may register.',
    }),
    maxUploadBytes: t.int({ required: false, description: 'The largest file, in bytes, from 0.' }),
    maxFilesPerMessage: t.int({
      required: false,
      description: 'The most files of one message, from 0 to 50.',
    }),
    uploadTypes: t.stringList({
      required: false,
      description: 'The media types that are taken, of the forms `*`, `image/*` and `image/png`.',
    }),
  }),
});

const UpdateServerSettingsPayload = builder
  .objectRef<{ settings: CurrentSettings }>('UpdateServerSettingsPayload')
  .implement({
    description: 'What is set now.',
    fields: (t) => ({
      settings: t.field({
        type: ServerSettings,
        description: 'All of it.',
        resolve: ({ settings }) => settings,
      }),
    }),
  });

builder.mutationField('updateServerSettings', (t) =>
  t.field({
    type: UpdateServerSettingsPayload,
    description:
      'Sets what administrators may set; all processes go by it within moments, and registration at once. Refuses with FORBIDDEN ' +
      'for all but administrators; INVALID_INPUT; CONFLICT for what the environment fixes.',
    args: { input: t.arg({ type: UpdateServerSettingsInput, description: 'What to set.' }) },
    resolve: async (_root, { input }, { app, viewer }) => ({
      settings: await updateServerSettings(app, viewer, input),
    }),
  }),
);

const RemoveServerLogoPayload = builder
  .objectRef<{ settings: CurrentSettings }>('RemoveServerLogoPayload')
  .implement({
    description: 'The server without a logo.',
    fields: (t) => ({
      settings: t.field({
        type: ServerSettings,
        description: 'What is set now.',
        resolve: ({ settings }) => settings,
      }),
    }),
  });

builder.mutationField('removeServerLogo', (t) =>
  t.field({
    type: RemoveServerLogoPayload,
    description:
      'Takes the server’s logo away; a new one is sent to `POST /logo`. Refuses with FORBIDDEN for all but administrators.',
    resolve: async (_root, _args, { app, viewer }) => {
      await removeServerLogo(app, viewer);
      return { settings: app.settings.current };
    },
  }),
);

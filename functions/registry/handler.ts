import {
  createOrganisation,
  getOrganisation,
  listOrganisations,
  putOrganisation,
} from '../../shared/access/organisation-records.ts';
import { authenticate, createToken, revokeToken } from '../../shared/access/tokens.ts';
import type { Clock } from '../../shared/clock.ts';
import type { FormLibrary } from '../../shared/form/library/form-library.ts';
import { createDoor, type DoorDeps, type DoorHandler } from '../../shared/http/door.ts';
import { service } from '../../shared/http/operations/service.ts';
import { forms } from '../../shared/http/operations/forms.ts';
import { organisations } from '../../shared/http/operations/organisations.ts';
import { revisionTag, revisionToChange } from '../../shared/http/etag.ts';
import { deleteAlias, listAliases, putAlias } from '../../shared/deduplication/same-as.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';
import { formHandlers } from './form-handlers.ts';

export interface RegistryDoorDeps extends Pick<DoorDeps, 'report' | 'publicUrl'> {
  readonly registry: RecordStore;
  readonly forms: FormLibrary;
  readonly clock: Clock;
}

export const registryOperations = [...service, ...forms, ...organisations] as const;

/** The door of forms, organisations and tokens. */
export function registryHandler(deps: RegistryDoorDeps): DoorHandler {
  const { registry, clock } = deps;
  return createDoor(
    registryOperations,
    {
      ...formHandlers(deps.forms),

      listAliases: async () => ({
        status: 200,
        body: { items: await listAliases(registry), next: null },
      }),

      putAlias: async ({ path, body }) => ({
        status: 200,
        body: await putAlias(registry, path.aliasId, body),
      }),

      deleteAlias: async ({ path }) => {
        await deleteAlias(registry, path.aliasId);
        return { status: 204 };
      },

      getOpenApi: async () => {
        // Read by few, and made of much: no other request should pay for loading it.
        const { openApi } = await import('../../shared/http/openapi.ts');
        return { status: 200, body: openApi() };
      },

      getMe: async (_call, { role, organisation }) => {
        const { name } = (await getOrganisation(registry, organisation)).organisation;
        return { status: 200, body: { role, organisation, name } };
      },

      listOrganisations: async () => ({
        status: 200,
        body: { items: await listOrganisations(registry), next: null },
      }),

      createOrganisation: async ({ body }) => {
        const { organisation, revision } = await createOrganisation(registry, body);
        return {
          status: 201,
          headers: {
            location: `/v1/organisations/${organisation.id}`,
            etag: revisionTag(revision),
          },
          body: organisation,
        };
      },

      getOrganisation: async ({ path }) => {
        const { organisation, revision } = await getOrganisation(registry, path.orgId);
        return { status: 200, headers: { etag: revisionTag(revision) }, body: organisation };
      },

      putOrganisation: async ({ path, body, allowed }) => {
        const { orgId } = path;
        const revision = await revisionToChange(
          allowed,
          async () => (await getOrganisation(registry, orgId)).revision,
        );
        const changed = await putOrganisation(
          registry,
          orgId,
          { ...body, id: body.id ?? orgId },
          revision,
        );
        return {
          status: 200,
          headers: { etag: revisionTag(changed.revision) },
          body: changed.organisation,
        };
      },

      createToken: async ({ path, body, origin }) => {
        // Before the token is made: what fails after that would lose its secret.
        const { organisation } = await getOrganisation(registry, path.orgId);
        const { collectQrPng, collectSettings } = await import('../../shared/access/collect-qr.ts');
        const made = await createToken(registry, clock, path.orgId, body);
        const collectQr = collectQrPng(collectSettings(origin, made.token, organisation.name));
        return { status: 201, body: { ...made, collectQr } };
      },

      revokeToken: async ({ path }) => {
        await revokeToken(registry, path.orgId, path.tokenId);
        return { status: 204 };
      },
    },
    {
      authenticate: (authorization) => authenticate(registry, clock, authorization),
      report: deps.report,
      publicUrl: deps.publicUrl,
    },
  );
}

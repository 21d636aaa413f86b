import {
  createOrganisation,
  getOrganisation,
  listOrganisations,
  putOrganisation,
} from '../../shared/access/organisations.ts';
import { authenticate, createToken, revokeToken } from '../../shared/access/tokens.ts';
import type { Clock } from '../../shared/clock.ts';
import type { FormLibrary } from '../../shared/form/library/form-library.ts';
import { createDoor } from '../../shared/http/door.ts';
import type { DoorDeps, DoorHandler } from '../../shared/http/door.ts';
import { endpoint, openEndpoint } from '../../shared/http/endpoint.ts';
import { revisionTag, revisionToChange } from '../../shared/http/etag.ts';
import { requests } from '../../shared/http/requests.ts';
import type { RecordStore } from '../../shared/store/record-store.ts';
import { aliasHandlers } from './alias-handlers.ts';
import { formHandlers } from './form-handlers.ts';

export interface RegistryDoorDeps extends Pick<DoorDeps, 'report' | 'publicUrl'> {
  readonly registry: RecordStore;
  readonly forms: FormLibrary;
  readonly clock: Clock;
}

/** The door of forms, organisations and tokens. */
export function registryHandler(deps: RegistryDoorDeps): DoorHandler {
  const { registry, clock } = deps;
  return createDoor(
    'registry',
    {
      ...formHandlers(deps.forms),
      ...aliasHandlers(registry),

      getOpenApi: openEndpoint(requests.getOpenApi, async () => {
        // Read by few, and made of much: no other request should pay for loading it.
        const { openApi } = await import('../../shared/http/openapi.ts');
        return { status: 200, body: openApi() };
      }),

      getMe: endpoint(requests.getMe, async (_call, { role, organisation }) => {
        const { name } = (await getOrganisation(registry, organisation)).organisation;
        return { status: 200, body: { role, organisation, name } };
      }),

      listOrganisations: endpoint(requests.listOrganisations, async () => ({
        status: 200,
        body: { items: await listOrganisations(registry), next: null },
      })),

      createOrganisation: endpoint(requests.createOrganisation, async ({ body }) => {
        const { organisation, revision } = await createOrganisation(registry, body);
        return {
          status: 201,
          headers: {
            location: `/v1/organisations/${organisation.id}`,
            etag: revisionTag(revision),
          },
          body: organisation,
        };
      }),

      getOrganisation: endpoint(requests.getOrganisation, async ({ path }) => {
        const { organisation, revision } = await getOrganisation(registry, path.orgId);
        return { status: 200, headers: { etag: revisionTag(revision) }, body: organisation };
      }),

      putOrganisation: endpoint(requests.putOrganisation, async ({ path, body, allowed }) => {
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
      }),

      createToken: endpoint(requests.createToken, async ({ path, body, origin }) => {
        // Before the token is made: what fails after that would lose its secret.
        const { organisation } = await getOrganisation(registry, path.orgId);
        const { collectQrPng, collectSettings } = await import('../../shared/access/collect-qr.ts');
        const made = await createToken(registry, clock, path.orgId, body);
        const collectQr = collectQrPng(collectSettings(origin, made.token, organisation.name));
        return { status: 201, body: { ...made, collectQr } };
      }),

      revokeToken: endpoint(requests.revokeToken, async ({ path }) => {
        await revokeToken(registry, path.orgId, path.tokenId);
        return { status: 204 };
      }),
    },
    {
      authenticate: (authorization) => authenticate(registry, clock, authorization),
      report: deps.report,
      publicUrl: deps.publicUrl,
    },
  );
}

import { routes } from '@weapp-auth/protocol/contract'

/**
 * What a standard client needs to know (RFC 8414). Nobody is sent to a login page here: a session begins with
 * `POST /v1/login`, so there is no authorization endpoint and no response type.
 */
export function getOauthMetadata(issuer: string) {
  const at = (path: string) => `${issuer.replace(/\/$/, '')}${path}`
  const byBackends = ['client_secret_basic', 'client_secret_post']
  const metadata = {
    issuer,
    jwks_uri: at(routes.jwks),
    token_endpoint: at(routes.oauthToken),
    introspection_endpoint: at(routes.introspect),
    revocation_endpoint: at(routes.revoke),
    response_types_supported: [],
    grant_types_supported: ['refresh_token'],
    token_endpoint_auth_methods_supported: ['none'],
    introspection_endpoint_auth_methods_supported: byBackends,
    revocation_endpoint_auth_methods_supported: ['none', ...byBackends],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['EdDSA'],
  }
  return async (): Promise<object> => metadata
}

/**
 * X.509 certificates for tests: WeChat's platform certificate, and the TLS of `weapp-auth emulate`.
 *
 * @module
 */
export {
  authorityExtensions,
  type Certified,
  type Issuer,
  issueCertificate,
  newKeys,
  serverExtensions,
} from './issue-certificate.ts'

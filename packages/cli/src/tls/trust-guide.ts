/** How a client gets to the emulator under WeChat's own name, in both languages. */
export function trustGuide({
  proxy,
  tls,
  file,
}: {
  readonly proxy: string
  readonly tls: string
  readonly file: string
}): string {
  const { hostname, port } = new URL(proxy)
  const tlsPort = new URL(tls).port
  return `
TLS：以 https://api.weixin.qq.com 的名义 / under the name of https://api.weixin.qq.com   ${tls}

1. 信任测试 CA / trust the test CA   ${file}
   Node     NODE_EXTRA_CA_CERTS=${file}
   Python   REQUESTS_CA_BUNDLE=${file}
   Go, PHP  SSL_CERT_FILE=${file}
   Java     keytool -importcert -noprompt -alias weapp-auth -file ${file} -keystore weapp-auth.p12 -storetype PKCS12 -storepass changeit
            -Djavax.net.ssl.trustStore=weapp-auth.p12 -Djavax.net.ssl.trustStorePassword=changeit
   curl     --cacert ${file}

2. 把域名指到这里（任选其一）/ lead the name here (one of these)
   代理 / proxy   HTTPS_PROXY=${proxy}
   Node 24       NODE_USE_ENV_PROXY=1 HTTPS_PROXY=${proxy}
   Java          -Dhttps.proxyHost=${hostname} -Dhttps.proxyPort=${port}
   curl          --connect-to api.weixin.qq.com:443:127.0.0.1:${tlsPort}
   hosts         127.0.0.1 api.weixin.qq.com    (--tls-port 443)
`
}

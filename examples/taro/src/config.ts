/** Where your weapp-auth server answers. `npm start` of this repository prints the address. */
export const baseUrl = 'http://127.0.0.1:8787'

/** 服务端地址 · where the server is. */
module.exports = { baseUrl: 'http://127.0.0.1:8787' }

/** 服务端地址与环境 · where the server is, and which environment. */
module.exports = { baseUrl: 'http://127.0.0.1:8787', env: 'dev_' }

const { HTTP } = require('../utils/http')

class UserModel extends HTTP {
  getPhoneNumber(data, success) {
    this.request({ url: 'v1.0/pub/decode', method: 'POST', data, success })
  }
}

module.exports = { UserModel }

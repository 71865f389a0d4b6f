import { readApi, readComponent } from '../platform/read-account.ts'
import { optional, readNonEmpty } from '../platform/read-value.ts'
import type { AccountControl } from './account-control.ts'

type Fields = Readonly<Record<string, unknown>>
type Action = (fields: Fields) => unknown

const appIdIn = ({ appId }: Fields) => readNonEmpty(appId, 'appId')
const personIdIn = ({ personId }: Fields) => readNonEmpty(personId, 'personId')
const componentIn = ({ componentAppId }: Fields) => readNonEmpty(componentAppId, 'componentAppId')

/** GET routes of the {@link AccountControl}: what they answer to the fields of the query. */
export function accountQuestions(control: AccountControl): Readonly<Record<string, Action>> {
  return {
    '/accounts': fields => control.accounts.conditions(appIdIn(fields)),
    '/quotas': fields => control.quotas.usage(appIdIn(fields), readApi(fields.api, 'api')),
    '/components': () => ({ components: control.components.all().map(({ appId, name }) => ({ appId, name })) }),
    '/bill': fields => control.bill(appIdIn(fields)),
  }
}

/** Its POST routes: what they do with the fields of the body. Other fields stand beside the ids. */
export function accountActions(control: AccountControl): Readonly<Record<string, Action>> {
  const { accounts, quotas, components } = control
  return {
    '/accounts': fields => accounts.change(appIdIn(fields), fields),
    '/quotas': fields => quotas.set(appIdIn(fields), readApi(fields.api, 'api'), fields),
    '/components': fields => components.put(readComponent(fields)),
    '/components/ticket': fields => components.pushTicket(componentIn(fields)),
    '/components/authorize': fields =>
      components.authorize(
        componentIn(fields),
        appIdIn(fields),
        optional(fields.permissionSets, sets => sets as readonly number[]),
      ),
    '/components/revoke': fields => components.revoke(componentIn(fields), appIdIn(fields)),
    '/components/token': fields => ({ componentAccessToken: components.token(componentIn(fields)) }),
    '/components/authorizer-token': fields => ({
      authorizerAccessToken: components.authorizerToken(componentIn(fields), appIdIn(fields)),
    }),
    '/payments': fields => control.pay(personIdIn(fields), appIdIn(fields), fields),
    '/plugin-codes': fields => ({
      code: control.pluginCode(personIdIn(fields), appIdIn(fields), readNonEmpty(fields.pluginAppId, 'pluginAppId')),
    }),
    '/user-keys': fields => control.latestUserKey(personIdIn(fields), appIdIn(fields)),
    '/billing': fields => control.changeBilling(appIdIn(fields), fields),
  }
}

/** A table whose rows a transfer takes along. */
export interface TransferredTable {
  readonly name: string
  /** Columns of its primary key, parted by blanks. */
  readonly key: string
  readonly keyTypes: readonly ('text' | 'bytes' | 'integer')[]
  /** The database numbers its new rows by `id`. */
  readonly numbered: boolean
  /** All others, parted by blanks. */
  readonly columns: string
  /** Which rows a new database has already; they give way. */
  readonly initial?: string
}

/**
 * Every table of the migrated schema, a table behind those that it refers to. Order of tables and columns are part of the
 * hashes of a transfer that is under way. `migration` and `transfer` belong to the database, not to its data.
 */
export const transferredTables: readonly TransferredTable[] = [
  keyed('user', 'id', 'wrapped_key created_at erased_at erased_by merged_into'),
  numbered('identity', 'app_id open_id union_id user_id'),
  keyed('union_id', 'union_id', 'user_id'),
  {
    ...keyed('session_key', 'identity_id id', 'fingerprint sealed failures burnt issued_at superseded_at'),
    keyTypes: ['integer', 'text'],
  },
  keyed(
    'session',
    'id',
    'login_id identity_id key_id device counter last_attempt created_at idle_until absolute_until ended_at ended_by',
  ),
  numbered('spent', 'kind app_id hash attempt claimed_at until login_id session_id phone_id change recognised'),
  numbered(
    'phone',
    'phone_id user_id app_id sealed_number blind_index country_code source verified_at replaced_at replaced_reason',
  ),
  keyed('access_token', 'app_id', 'sealed expires_at generation holder leased_until'),
  keyed('key', 'id', 'check_value created_at'),
  keyed('profile', 'user_id', 'sealed_nickname avatar_key updated_at nickname_at avatar_at'),
  keyed('doomed_avatar', 'avatar_key', 'since'),
  numbered('consent', 'user_id app_id scope status version text_hash attempt at'),
  keyed(
    'sms',
    'id',
    'app_id user_id attempt sealed_number country_code code_hash wrong last_wrong opened_at expires_at sent_at until',
  ),
  { ...keyed('budget', 'name', 'used until'), keyTypes: ['bytes'] },
  keyed('job', 'id', 'kind app_id event stamp sealed event_at due_at attempts holder done_at audit_seq'),
  { ...keyed('audit', 'seq', 'at actor act app_id subject details previous hash'), keyTypes: ['integer'] },
  { ...keyed('audit_head', 'id', 'seq hash'), keyTypes: ['integer'], initial: 'seq = 0' },
  keyed(
    'account_merge',
    'id',
    'survivor_id merged_id attempt at undo_until undone_at close_at filled_nickname filled_avatar',
  ),
  numbered('merge_part', 'merge_id kind ref sealed_number was_current'),
  keyed('app', 'app_id', 'sealed version changed_at'),
  keyed('component_grant', 'component_app_id app_id', 'sealed granted_at version'),
  numbered('tally', 'unit at app_id name total'),
  keyed(
    'request_trace',
    'id',
    'request_id at took_ms app_id user_id method route status failed code errcode rid steps until',
  ),
  keyed('user_block', 'user_id', 'blocked_at blocked_by reason'),
  keyed(
    'export_request',
    'id',
    'kind numbers app_id rows_from rows_to reason asked_by asked_at status until decided_by decided_at downloads_left',
  ),
  keyed('operator', 'id', 'name role created_at disabled_at sealed_totp totp_since totp_step'),
  keyed('operator_passkey', 'id', 'operator_id credential credential_hash public_key counter label created_at used_at'),
  { ...keyed('operator_recovery', 'operator_id hash', ''), keyTypes: ['text', 'bytes'] },
  keyed(
    'operator_session',
    'id',
    'token_hash operator_id way browser created_at seen_at idle_until absolute_until proved_at',
  ),
  { ...keyed('operator_invitation', 'hash', 'name role operator_id invited_by until'), keyTypes: ['bytes'] },
]

function keyed(name: string, key: string, columns: string): TransferredTable {
  return { name, key, keyTypes: key.split(' ').map(() => 'text'), numbered: false, columns }
}

function numbered(name: string, columns: string): TransferredTable {
  return { name, key: 'id', keyTypes: ['integer'], numbered: true, columns }
}

/** Key first. */
export function columnsOf({ key, columns }: TransferredTable): readonly string[] {
  return `${key} ${columns}`.trim().split(' ')
}

const ofTable = (...actions: string[]) => actions.map((action) => `dynamodb:${action} ContactsTable`);
const polls = (queue: string) =>
  ['ReceiveMessage', 'DeleteMessage', 'ChangeMessageVisibility', 'GetQueueAttributes'].map(
    (action) => `sqs:${action} ${queue}`,
  );
const bodies = 'BodiesBucket.Arn/*';
/** Without the list S3 would say of a body that has expired that it may not be read. */
const readsBodies = [`s3:GetObject ${bodies}`, 's3:ListBucket BodiesBucket'];
const opens = 'secretsmanager:GetSecretValue SealingKeyring';

/** What the roles of events and callbacks may do, beside their logs: `<action> <resource>`. */
export const grants: Readonly<Record<string, readonly string[]>> = {
  SubscriptionRole: ofTable('GetItem', 'PutItem', 'DeleteItem'),
  ReadDeviceRole: ofTable('GetItem', 'Query'),
  CallbackRole: ofTable('GetItem', 'PutItem', 'DeleteItem'),
  ReceiveCallbackRole: [
    ...ofTable('GetItem'),
    ...['CallbackQueue', 'ForwardQueue'].map((queue) => `sqs:SendMessage ${queue}`),
    `s3:PutObject ${bodies}`,
  ],
  PassThroughRole: [...ofTable('GetItem', 'PutItem'), 'sqs:SendMessage RefreshQueue'],
  StartDueRole: [
    ...ofTable('GetItem', 'PutItem', 'BatchGetItem', 'BatchWriteItem'),
    // The index alone: nobody reads all devices of the table.
    'dynamodb:Query ContactsTable.Arn/index/ByDueAt',
    'sqs:SendMessage RefreshQueue',
    'sqs:SendMessage ScheduleQueue',
    'sqs:GetQueueAttributes ScheduleQueue',
  ],
  OnRefreshEventRole: [...ofTable('GetItem', 'PutItem'), 'sqs:SendMessage RefreshQueue'],
  ProcessCallbackRole: [
    ...ofTable('GetItem', 'PutItem', 'UpdateItem'),
    ...['CallbackQueue', 'RefreshQueue'].map((queue) => `sqs:SendMessage ${queue}`),
    ...polls('CallbackQueue'),
    ...readsBodies,
    opens,
  ],
  ForwardCallbackRole: [
    ...ofTable('GetItem', 'Query', 'UpdateItem'),
    ...['ForwardQueue', 'ForwardDeadLetterQueue'].map((queue) => `sqs:SendMessage ${queue}`),
    ...polls('ForwardQueue'),
    ...readsBodies,
    opens,
  ],
  FetchContactsRole: [
    ...ofTable('GetItem', 'PutItem', 'Query', 'DeleteItem'),
    'sqs:SendMessage RefreshQueue',
    ...polls('RefreshQueue'),
    'sqs:SendMessage ScheduleQueue',
    // No mapping asks for its attributes.
    ...polls('ScheduleQueue').filter((grant) => !grant.includes('GetQueueAttributes')),
    opens,
    'events:PutEvents ContactsEventBus',
  ],
  RefreshDeadLettersRole: [
    ...ofTable('GetItem', 'PutItem', 'Query', 'DeleteItem'),
    ...polls('DeadLetterQueue'),
    'events:PutEvents ContactsEventBus',
  ],
};

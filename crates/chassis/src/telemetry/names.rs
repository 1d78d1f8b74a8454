//! Names of span and metric attributes: the semantic conventions where they have one, else `kith.<entity>.<field>`.

/// Which remote procedure call system a span belongs to; always `grpc` here.
pub const RPC_SYSTEM: &str = "rpc.system";
/// Full name of the gRPC service, for example `kith.customer.v1.ContactService`.
pub const RPC_SERVICE: &str = "rpc.service";
/// Name of the gRPC method, for example `CreateContact`.
pub const RPC_METHOD: &str = "rpc.method";
/// Numeric gRPC status code of the answer.
pub const RPC_GRPC_STATUS_CODE: &str = "rpc.grpc.status_code";
/// Host a client calls.
pub const SERVER_ADDRESS: &str = "server.address";
/// Port a client calls.
pub const SERVER_PORT: &str = "server.port";
/// What went wrong, as a low-cardinality word.
pub const ERROR_TYPE: &str = "error.type";

/// Method of an HTTP request.
pub const HTTP_REQUEST_METHOD: &str = "http.request.method";
/// Matched route of an HTTP request, with placeholders instead of values.
pub const HTTP_ROUTE: &str = "http.route";
/// Status code of an HTTP response.
pub const HTTP_RESPONSE_STATUS_CODE: &str = "http.response.status_code";

/// Which messaging system a span talks to, for example `kafka`.
pub const MESSAGING_SYSTEM: &str = "messaging.system";
/// What is done with the message: `send`, `receive`, `process`.
pub const MESSAGING_OPERATION_NAME: &str = "messaging.operation.name";
/// The kind of that operation, from the conventions' closed list.
pub const MESSAGING_OPERATION_TYPE: &str = "messaging.operation.type";
/// Topic a message goes to or comes from.
pub const MESSAGING_DESTINATION_NAME: &str = "messaging.destination.name";
/// Partition of that topic.
pub const MESSAGING_DESTINATION_PARTITION_ID: &str = "messaging.destination.partition.id";
/// Consumer group that processes the message.
pub const MESSAGING_CONSUMER_GROUP_NAME: &str = "messaging.consumer.group.name";
/// Id of the message.
pub const MESSAGING_MESSAGE_ID: &str = "messaging.message.id";
/// Number of messages in a batch.
pub const MESSAGING_BATCH_MESSAGE_COUNT: &str = "messaging.batch.message_count";
/// Offset of the message in its partition.
pub const MESSAGING_KAFKA_OFFSET: &str = "messaging.kafka.offset";

/// Which database system a span talks to.
pub const DB_SYSTEM_NAME: &str = "db.system.name";
/// What is done to the database.
pub const DB_OPERATION_NAME: &str = "db.operation.name";

/// Which service of the process a span belongs to.
pub const KITH_SERVICE: &str = "kith.service";
/// Tenant on whose behalf the work is done.
pub const KITH_TENANT_ID: &str = "kith.tenant.id";
/// Full name of an event's type.
pub const KITH_EVENT_TYPE: &str = "kith.event.type";
/// Version of the aggregate an event belongs to.
pub const KITH_EVENT_VERSION: &str = "kith.event.version";
/// How the handling of an event ended.
pub const KITH_EVENT_OUTCOME: &str = "kith.event.outcome";
/// How often a client has tried a call.
pub const KITH_CLIENT_ATTEMPTS: &str = "kith.client.attempts";

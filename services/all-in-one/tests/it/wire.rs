//! Any bytes to any method of a running platform, and messages made from the contract alone.

use std::collections::HashMap;

use all_in_one::Addresses;
use bytes::{Buf, BufMut, Bytes};
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value,
    prost::Message as _,
};
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    transport::{Channel, Endpoint},
};
use uuid::Uuid;

/// Deepest nesting of a made message.
const MAX_DEPTH: usize = 4;

/// The services of a running platform, without a client of ours between.
pub(crate) struct Wire {
    token: String,
    services: HashMap<&'static str, Channel>,
}

impl Wire {
    pub(crate) fn new(addresses: &Addresses, token: &str) -> Self {
        let to = |url: &str| Endpoint::from_shared(url.to_owned()).unwrap().connect_lazy();
        let services = HashMap::from([
            ("customer", to(&addresses.customer)),
            ("messaging", to(&addresses.messaging)),
            ("social", to(&addresses.social_ingest)),
            ("sales", to(&addresses.sales)),
            ("analytics", to(&addresses.analytics)),
        ]);
        Self { token: token.to_owned(), services }
    }

    /// Calls a method with any bytes, at the service it belongs to; an operator's method, at all of them.
    pub(crate) async fn call(
        &self,
        path: &'static str,
        message: &[u8],
    ) -> Vec<Result<Bytes, Status>> {
        let context = path.trim_start_matches("/kith.").split('.').next().unwrap();
        let mut answers = Vec::new();
        for (service, channel) in &self.services {
            if context == "ops" || context == *service {
                answers.push(self.call_at(channel.clone(), path, message).await);
            }
        }
        assert!(!answers.is_empty(), "nobody serves {path}");
        answers
    }

    async fn call_at(
        &self,
        channel: Channel,
        path: &'static str,
        message: &[u8],
    ) -> Result<Bytes, Status> {
        let mut client = Grpc::new(channel);
        client.ready().await.unwrap();
        let mut request = Request::new(Bytes::copy_from_slice(message));
        let bearer = format!("Bearer {}", self.token).parse().unwrap();
        request.metadata_mut().insert("authorization", bearer);
        let path = PathAndQuery::from_static(path);
        client.unary(request, path, AnyBytes).await.map(|it| it.into_inner())
    }
}

#[derive(Clone, Copy)]
struct AnyBytes;

impl Codec for AnyBytes {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for AnyBytes {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for AnyBytes {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = buffer.remaining();
        Ok(Some(buffer.copy_to_bytes(length)))
    }
}

/// Makes messages of any type of the contract.
pub(crate) struct Forge {
    pool: DescriptorPool,
}

/// Which fields of a made message are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Filling {
    /// All of them.
    Everything,
    /// Those that the contract marks as personal or secret, and a good request id; the others stay empty.
    Private,
}

impl Forge {
    pub(crate) fn new() -> Self {
        Self { pool: DescriptorPool::decode(proto::DESCRIPTORS).unwrap() }
    }

    /// A message of the named type, with `text` in its texts.
    pub(crate) fn message(&self, name: &str, filling: Filling, text: &str) -> Vec<u8> {
        let kind = self.pool.get_message_by_name(name).unwrap();
        self.fill(&kind, filling, text, 0).encode_to_vec()
    }

    fn fill(
        &self,
        kind: &MessageDescriptor,
        filling: Filling,
        text: &str,
        depth: usize,
    ) -> DynamicMessage {
        let mut message = DynamicMessage::new(kind.clone());
        for field in kind.fields().filter(|it| !it.is_map()) {
            let Some(value) = self.value(&field, filling, text, depth) else { continue };
            let value = if field.is_list() { Value::List(vec![value]) } else { value };
            message.set_field(&field, value);
        }
        message
    }

    fn value(
        &self,
        field: &FieldDescriptor,
        filling: Filling,
        text: &str,
        depth: usize,
    ) -> Option<Value> {
        let is_wanted = filling == Filling::Everything || self.is_private(field);
        Some(match field.kind() {
            Kind::String if filling == Filling::Private && field.name() == "request_id" => {
                Value::String(Uuid::new_v4().to_string())
            }
            Kind::String if is_wanted => Value::String(text.to_owned()),
            Kind::Bytes if is_wanted => Value::Bytes(Bytes::copy_from_slice(text.as_bytes())),
            Kind::String | Kind::Bytes => return None,
            Kind::Message(_) if field.name() == "update_mask" && filling == Filling::Private => {
                return None;
            }
            Kind::Message(_) if MAX_DEPTH <= depth => return None,
            Kind::Message(kind) => Value::Message(self.fill(&kind, filling, text, depth + 1)),
            Kind::Enum(_) => Value::EnumNumber(1),
            Kind::Bool => Value::Bool(true),
            Kind::Double => Value::F64(7.0),
            Kind::Float => Value::F32(7.0),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(7),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(7),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(7),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(7),
        })
    }

    fn is_private(&self, field: &FieldDescriptor) -> bool {
        let options = field.options();
        ["kith.options.v1.personal_data", "kith.options.v1.secret"].iter().any(|name| {
            let option = self.pool.get_extension_by_name(name).unwrap();
            options.get_extension(&option).as_bool() == Some(true)
        })
    }
}

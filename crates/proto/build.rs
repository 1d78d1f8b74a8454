//! Compiles `/proto` without protoc and writes, from its options, what Rust code needs to know of the contract.

use std::{env, fmt::Write, fs, path::Path, path::PathBuf};

use anyhow::{Context, bail, ensure};
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};

fn main() -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let out = PathBuf::from(env::var("OUT_DIR").context("read OUT_DIR")?);

    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(protos(&root)?)?;
    let descriptors = compiler.file_descriptor_set();
    let pool = compiler.descriptor_pool();

    fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    fs::write(out.join("contract.rs"), contract(&pool)?)?;

    let mut config = tonic_prost_build::Config::new();
    // B-tree maps encode in one order, so that the hash of a request is stable.
    config.include_file("kith.rs").bytes(["."]).btree_map(["."]);
    // These print themselves, without what must not be printed: see `contract`.
    let private: Vec<String> = ours(&pool)
        .filter(|message| message.fields().any(|field| is_private(&field)))
        .map(|message| format!(".{}", message.full_name()))
        .collect();
    // `skip_debug` reaches the enums inside such a message too; they hold nothing private.
    for path in ours(&pool).flat_map(|message| message.child_enums().collect::<Vec<_>>()) {
        let path = format!(".{}", path.full_name());
        if private.iter().any(|message| path.starts_with(&format!("{message}."))) {
            config.enum_attribute(path, "#[derive(Debug)]");
        }
    }
    config.skip_debug(private);
    tonic_prost_build::configure().compile_fds_with_config(descriptors, config)?;
    Ok(())
}

/// Finds every proto file below `folder`, in a stable order.
fn protos(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(protos(&path)?);
        } else if path.extension().is_some_and(|it| it == "proto") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Writes the permission table, the events, the required fields and the redacting `Debug`s.
fn contract(pool: &DescriptorPool) -> anyhow::Result<String> {
    let mut code =
        String::from("/// Every method of the contract.\npub static METHODS: &[Method] = &[\n");
    for service in pool.services().filter(|it| it.package_name().starts_with("kith.")) {
        for method in service.methods() {
            let option = pool
                .get_extension_by_name("kith.options.v1.permission")
                .context("find the permission option")?;
            let options = method.options();
            ensure!(options.has_extension(&option), "`{}` has no permission", method.full_name());
            let value = options.get_extension(&option);
            let permission = value.as_str().context("read the permission")?;
            let path = format!("/{}/{}", service.full_name(), method.name());
            writeln!(
                code,
                "    Method {{ path: {path:?}, permission: {permission:?}, input: {:?}, output: {:?} }},",
                method.input().full_name(),
                method.output().full_name()
            )?;
        }
    }
    code.push_str("];\n");
    for message in ours(pool) {
        if message.parent_file().name().ends_with("_events.proto") {
            event(&mut code, &message)?;
        }
        if message.name().ends_with("Request") {
            required(&mut code, &message)?;
        }
        if message.fields().any(|field| is_private(&field)) {
            redacted(&mut code, &message)?;
        }
    }
    Ok(code)
}

fn event(code: &mut String, message: &MessageDescriptor) -> anyhow::Result<()> {
    if let Some(field) = message.fields().find(is_private) {
        bail!("event `{}` carries personal data in `{}`", message.full_name(), field.name());
    }
    writeln!(
        code,
        "impl crate::Event for {} {{\n    const TYPE: &'static str = {:?};\n    const TOPIC: &'static str = {:?};\n}}",
        rust_path(message),
        message.full_name(),
        message.package_name()
    )?;
    Ok(())
}

fn required(code: &mut String, message: &MessageDescriptor) -> anyhow::Result<()> {
    writeln!(
        code,
        "impl crate::Required for {} {{\n    fn missing_field(&self) -> Option<&'static str> {{",
        rust_path(message)
    )?;
    for field in message.fields().filter(|field| has_option(field, "required")) {
        let (name, rust) = (field.name(), rust_field(&field));
        let unset = match field.kind() {
            _ if field.is_list() || field.is_map() => format!("self.{rust}.is_empty()"),
            Kind::Message(_) => format!("self.{rust}.is_none()"),
            Kind::String | Kind::Bytes => format!("self.{rust}.is_empty()"),
            _ => format!("self.{rust} == 0"),
        };
        writeln!(code, "        if {unset} {{ return Some({name:?}); }}")?;
    }
    code.push_str("        None\n    }\n}\n");
    Ok(())
}

fn redacted(code: &mut String, message: &MessageDescriptor) -> anyhow::Result<()> {
    let path = rust_path(message);
    writeln!(
        code,
        "impl ::core::fmt::Debug for {path} {{\n    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {{\n        f.debug_struct({:?})",
        message.name()
    )?;
    for field in message.fields().filter(|field| field.containing_oneof().is_none()) {
        let (name, rust) = (field.name(), rust_field(&field));
        match is_private(&field) {
            true => writeln!(code, "            .field({name:?}, &\"redacted\")")?,
            false => writeln!(code, "            .field({name:?}, &self.{rust})")?,
        }
    }
    code.push_str("            .finish_non_exhaustive()\n    }\n}\n");
    Ok(())
}

/// The messages of the contract, nested ones included, without map entries.
fn ours(pool: &DescriptorPool) -> impl Iterator<Item = MessageDescriptor> {
    pool.all_messages().filter(|it| it.package_name().starts_with("kith.") && !it.is_map_entry())
}

fn is_private(field: &FieldDescriptor) -> bool {
    has_option(field, "personal_data") || has_option(field, "secret")
}

fn has_option(field: &FieldDescriptor, name: &str) -> bool {
    let pool = field.parent_pool();
    let Some(option) = pool.get_extension_by_name(&format!("kith.options.v1.{name}")) else {
        return false;
    };
    field.options().get_extension(&option).as_bool().unwrap_or(false)
}

fn rust_path(message: &MessageDescriptor) -> String {
    let package = message.package_name().trim_start_matches("kith.").replace('.', "::");
    format!("crate::{package}::{}", message.name())
}

fn rust_field(field: &FieldDescriptor) -> String {
    match field.name() {
        "type" => "r#type".to_owned(),
        name => name.to_owned(),
    }
}

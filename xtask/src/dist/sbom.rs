//! The list of what is in the program, as CycloneDX (<https://cyclonedx.org>), without the time and
//! the chance that would make each one different.

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::components::{Component, Components};

/// The list as JSON.
pub(super) fn document(Components { program, others }: &Components) -> Result<Vec<u8>> {
    let uses = std::iter::once(program).chain(others.values());
    let dependencies: Vec<_> =
        uses.map(|it| json!({ "ref": it.purl, "dependsOn": it.uses })).collect();
    let components: Vec<_> = others.values().map(|it| described(it, "library")).collect();
    let mut document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": described(program, "application") },
        "components": components,
        "dependencies": dependencies,
    });
    document["serialNumber"] = number(&document)?.into();
    let mut text = serde_json::to_vec_pretty(&document)?;
    text.push(b'\n');
    Ok(text)
}

fn described(component: &Component, kind: &str) -> Value {
    let mut value = json!({
        "type": kind,
        "bom-ref": component.purl,
        "name": component.name,
        "version": component.version,
        "purl": component.purl,
    });
    if let Some(licence) = &component.licence {
        value["licenses"] = json!([{ "expression": licence }]);
    }
    if let Some(sum) = &component.sha256 {
        value["hashes"] = json!([{ "alg": "SHA-256", "content": sum }]);
    }
    if let Some(address) = &component.repository {
        value["externalReferences"] = json!([{ "type": "vcs", "url": address }]);
    }
    value
}

/// A number that another list does not have: what the list hashes to, in the form of a UUID.
fn number(document: &Value) -> Result<String> {
    let digest = hex::encode(Sha256::digest(serde_json::to_vec(document)?));
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    let (a, b, c, d, e) = (part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32));
    Ok(format!("urn:uuid:{a}-{b}-8{c}-8{d}-{e}"))
}

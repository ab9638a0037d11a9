//! What the API's description says of who may: the same for every resource.

use utoipa::Modify;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{OpenApi, Ref, RefOr, ResponseBuilder};

use crate::web::guard::SESSION_COOKIE;

/// Adds the ways to show who one is, and what is answered to whoever may not.
pub struct Access;

impl Modify for Access {
    fn modify(&self, description: &mut OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let session = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE)));
        let components = description.components.get_or_insert_default();
        components.add_security_scheme("token", token);
        components.add_security_scheme("session", session);
        for (path, item) in &mut description.paths.paths {
            if !path.starts_with("/api/v1/") {
                continue;
            }
            let operations =
                [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
            for operation in operations.into_iter().flatten() {
                protect(operation);
            }
        }
    }
}

fn protect(operation: &mut Operation) {
    // Signing in and out says that it needs nobody.
    let is_free = operation.security.as_ref().is_some_and(|security| {
        security.iter().any(|requirement| *requirement == SecurityRequirement::default())
    });
    let none: [String; 0] = [];
    if !is_free {
        operation.security = Some(vec![
            SecurityRequirement::new("token", none.clone()),
            SecurityRequirement::new("session", none),
        ]);
    }
    let answers = [
        ("401", "Nobody known"),
        ("403", "Not enough of a role, or a host or page that is not served"),
        ("429", "Too many requests"),
    ];
    for (status, text) in answers {
        let content =
            ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
        let response = ResponseBuilder::new()
            .description(text)
            .content("application/problem+json", content)
            .build();
        let known = &mut operation.responses.responses;
        known.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
}

//! Who may do what, over every resource that there is.

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::{App, test};
use dutchbook::web::routes;
use serde_json::{Value, json};

use super::scene::Scene;
use super::tokens::{OPERATOR, TOKEN, VIEWER};

/// The answer to whoever has this token: its status and its body.
async fn ask(scene: &Scene, method: &str, path: &str, token: Option<&str>) -> (u16, Value) {
    let app = App::new().app_data(scene.state.clone()).configure(routes::configure);
    let app = test::init_service(app).await;
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let mut request = test::TestRequest::with_uri(path).method(method);
    request = request.insert_header(("Host", "localhost"));
    if let Some(token) = token {
        request = request.insert_header(("Authorization", format!("Bearer {token}")));
    }
    said(app.call(request.to_request()).await.unwrap()).await
}

async fn said(response: ServiceResponse<impl MessageBody>) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = test::read_body(response).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// Every method and path below `/api/v1` that the description tells.
async fn resources(scene: &Scene) -> Vec<(String, String)> {
    let (status, description) = ask(scene, "get", "/openapi.json", Some(VIEWER)).await;
    assert_eq!(status, 200);
    let mut found = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        if path.starts_with("/api/v1/") {
            let methods = methods.as_object().unwrap().keys();
            found.extend(methods.map(|method| (method.clone(), path.clone())));
        }
    }
    assert!(found.len() > 40, "{found:?}");
    found
}

/// A path with something in the place of its parameters.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// Signing in and out is for whoever is nobody yet, or no more.
fn is_for_anybody(method: &str, path: &str) -> bool {
    path == "/api/v1/session" && method != "get"
}

#[actix_rt::test]
async fn every_resource_needs_somebody_and_a_viewer_reads_all_and_changes_nothing() {
    let scene = Scene::open().await;
    let before = scene.journal().await;
    for (method, path) in resources(&scene).await {
        if is_for_anybody(&method, &path) {
            continue;
        }
        let at = filled(&path);
        for nobody in [None, Some("nobody's")] {
            let (status, problem) = ask(&scene, &method, &at, nobody).await;
            assert_eq!((status, &problem["code"]), (401, &json!("unauthorized")), "{method} {at}");
        }
        let (status, problem) = ask(&scene, &method, &at, Some(VIEWER)).await;
        if method == "get" {
            assert!(![401, 403].contains(&status), "{method} {at}: {status} {problem:#}");
        } else {
            assert_eq!((status, &problem["code"]), (403, &json!("forbidden")), "{method} {at}");
        }
    }
    assert_eq!(scene.journal().await, before, "nothing was ordered");
    assert_eq!(scene.store.commands().page(None, 10).await.unwrap().rows, []);
}

/// The roles as they are promised: what is not here is an operator's.
const OF_ADMINS: [&str; 10] = [
    "/api/v1/config/reload",
    "/api/v1/config/rollback",
    "/api/v1/execute/transfer",
    "/api/v1/reconcile/accept",
    "/api/v1/risk/limits",
    "/api/v1/risk/locks",
    "/api/v1/risk/locks/{id}",
    "/api/v1/session/links",
    "/api/v1/strategies/{name}/settings",
    "/api/v1/system/actors/{name}/kill",
];

#[actix_rt::test]
async fn every_change_is_an_operators_or_an_admins_as_it_is_promised() {
    let scene = Scene::open().await;
    let mut of_admins = Vec::new();
    for (method, path) in resources(&scene).await {
        if method == "get" || is_for_anybody(&method, &path) {
            continue;
        }
        let at = filled(&path);
        let (_, for_viewers) = ask(&scene, &method, &at, Some(VIEWER)).await;
        let (status, problem) = ask(&scene, &method, &at, Some(OPERATOR)).await;
        assert_ne!(status, 401, "{method} {at}");
        let needs = if status == 403 { "admin" } else { "operator" };
        let hint = json!(format!("This needs the role {needs}."));
        assert_eq!(for_viewers["hint"], hint, "{method} {at}: a viewer is told the same");
        if status == 403 {
            assert_eq!((&problem["code"], &problem["hint"]), (&json!("forbidden"), &hint));
            of_admins.push(path);
        }
        let (status, problem) = ask(&scene, &method, &at, Some(TOKEN)).await;
        assert!(![401, 403].contains(&status), "{method} {at}: {status} {problem:#}");
    }
    of_admins.sort();
    of_admins.dedup();
    assert_eq!(of_admins, OF_ADMINS);
}

#[actix_rt::test]
async fn whoever_changes_something_is_named_where_it_is_written_down() {
    let scene = Scene::open().await;
    let nothing = Value::Null;
    for path in ["halt", "resume", "execute/cancel-all"] {
        let said = scene.ask(Method::POST, path, Some(OPERATOR), None, &nothing).await;
        assert!([200, 202].contains(&said.status), "{path}: {said:#?}");
    }
    let links = "/api/v1/session/links";
    assert_eq!(ask(&scene, "post", links, Some(TOKEN)).await.0, 201);
    let since = std::time::Instant::now();
    loop {
        let rows = scene.store.commands().page(None, 10).await.unwrap().rows;
        let mut done: Vec<_> =
            rows.iter().map(|row| (row.action.as_str(), row.actor.as_str())).collect();
        done.sort_unstable();
        let operator = "the operator (operator)";
        let all = [
            ("cancel_all", operator),
            ("halt", operator),
            ("make_link", "the admin (admin)"),
            ("resume", operator),
        ];
        if done == all {
            return;
        }
        assert!(since.elapsed().as_secs() < 60, "{done:?}");
        actix_rt::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

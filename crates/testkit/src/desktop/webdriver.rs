use std::{path::Path, process::Command, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use ureq::Agent;

use super::{Desktop, application::descendants, application_binary, child::Helper, eventually};
use crate::free_tcp_port;

/// How elements are named in the protocol.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// WebKit's WebDriver, which starts the application itself and drives its page.
#[derive(Debug)]
pub struct WebDriver {
    server: Helper,
    agent: Agent,
    base: String,
}

/// The page of the application's window.
#[derive(Debug)]
pub struct Page {
    driver: WebDriver,
    session: String,
}

impl Page {
    /// Starts the application on this desktop with its page under control.
    #[track_caller]
    pub fn open(desktop: &Desktop) -> Self {
        let driver = WebDriver::start(desktop);
        let session = driver.new_session(desktop);
        Self { driver, session }
    }

    /// Waits until the page shows this text anywhere.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) {
        eventually(text, || {
            let shown = self
                .try_run("return document.body?.innerText ?? ''", &json!([]))
                .ok()?;
            shown.as_str()?.contains(text).then_some(())
        });
    }

    #[track_caller]
    pub fn click(&self, css: &str) {
        let element = self.find(css);
        self.post(&format!("element/{element}/click"), &json!({}));
    }

    /// Replaces what is in a field.
    #[track_caller]
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.find(css);
        self.post(&format!("element/{element}/clear"), &json!({}));
        self.post(
            &format!("element/{element}/value"),
            &json!({ "text": text }),
        );
    }

    /// Runs a function body in the page; a promise it returns is waited for.
    #[track_caller]
    pub fn run(&self, script: &str, args: &Value) -> Value {
        self.try_run(script, args)
            .unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    pub fn address(&self) -> String {
        self.get("url").as_str().unwrap_or_default().to_owned()
    }

    /// Writes a picture of the page. Something on it has to be moving, or the
    /// driver waits for a frame that never comes.
    #[track_caller]
    pub fn screenshot(&self, file: &Path) {
        self.run(
            "const spark = document.createElement('i');
             spark.style.cssText = 'position:fixed;inset:0 auto auto 0;width:1px;height:1px';
             document.body.append(spark);
             spark.animate([{ opacity: 0 }, { opacity: 0.01 }], { duration: 100, iterations: 600 });",
            &json!([]),
        );
        let picture = self.get("screenshot");
        let picture = BASE64_STANDARD.decode(picture.as_str().unwrap_or_default());
        std::fs::write(file, picture.expect("a picture in base64")).expect("a file for a picture");
    }

    /// Waits until the application has ended.
    #[track_caller]
    pub fn wait_for_end(&self) {
        let pid = self.driver.server.pid();
        eventually("the end of the application", || {
            descendants(pid, "banyan-desktop").is_empty().then_some(())
        });
    }

    #[track_caller]
    fn find(&self, css: &str) -> String {
        let query = json!({ "using": "css selector", "value": css });
        eventually(css, || {
            let found = self.try_post("element", &query).ok()?;
            Some(found.get(ELEMENT)?.as_str()?.to_owned())
        })
    }

    fn try_run(&self, script: &str, args: &Value) -> Result<Value, String> {
        self.try_post("execute/sync", &json!({ "script": script, "args": args }))
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Value {
        self.try_post(path, body)
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn try_post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.driver
            .post(&format!("session/{}/{path}", self.session), body)
    }

    #[track_caller]
    fn get(&self, path: &str) -> Value {
        let url = self.driver.url(&format!("session/{}/{path}", self.session));
        self.driver
            .send(self.driver.agent.get(url).call())
            .unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

impl Drop for Page {
    /// Ends the session and with it the application.
    fn drop(&mut self) {
        let url = self.driver.url(&format!("session/{}", self.session));
        // The application may have gone by itself.
        let _ = self.driver.send(self.driver.agent.delete(url).call());
    }
}

impl WebDriver {
    fn start(desktop: &Desktop) -> Self {
        let port = free_tcp_port();
        let mut command = Command::new("WebKitWebDriver");
        desktop.furnish(&mut command);
        command
            .arg(format!("--port={port}"))
            // Both names are read: by the runtime and by the web view.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(std::process::Stdio::null());
        let server = Helper::start(&mut command);
        let agent = Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(60)))
            // An error of the protocol is an answer with a body.
            .http_status_as_error(false)
            .build()
            .into();
        let driver = Self {
            server,
            agent,
            base: format!("http://127.0.0.1:{port}"),
        };
        eventually("a driver that answers", || {
            driver
                .send(driver.agent.get(driver.url("status")).call())
                .ok()
        });
        driver
    }

    #[track_caller]
    fn new_session(&self, desktop: &Desktop) -> String {
        let options = json!({
            "binary": application_binary(),
            "args": desktop.arguments(),
        });
        let wanted = json!({
            "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } },
        });
        let session = self
            .post("session", &wanted)
            .unwrap_or_else(|error| panic!("{error}"));
        let id = session.get("sessionId").and_then(Value::as_str);
        id.expect("a session has an id").to_owned()
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.send(self.agent.post(self.url(path)).send_json(body))
    }

    fn send(
        &self,
        response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Value, String> {
        let mut response = response.map_err(|error| error.to_string())?;
        let good = response.status().is_success();
        let mut body: Value = response
            .body_mut()
            .read_json()
            .map_err(|error| error.to_string())?;
        let value = body.get_mut("value").map(Value::take).unwrap_or_default();
        if good {
            Ok(value)
        } else {
            Err(value.to_string())
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }
}

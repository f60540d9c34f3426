import "./styles/app.css";
import { start } from "./app/start";
import { openBackend } from "./backend/open-backend";

void start(openBackend);

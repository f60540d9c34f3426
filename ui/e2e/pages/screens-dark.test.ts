import { everyScreenIsSound } from "../fixtures/screens";

everyScreenIsSound({ theme: "dark", language: "en" });

import { chooseModel, choosePlace, type ChosenPlace } from "@/data/chat-choice";
import { navigate } from "@/routing/router";

/** Goes to the chat, whose next question is for this model. */
export function chatWith(model: string, place: ChosenPlace) {
  choosePlace(place);
  chooseModel(model);
  navigate({ screen: "chat" });
}

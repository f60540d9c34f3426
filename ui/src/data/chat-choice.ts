import { create } from "zustand";

/** `auto`, `here`, or the id of a machine. */
export type ChosenPlace = string;

interface ChatChoice {
  place: ChosenPlace;
  /** `null`: the best there is. */
  model: string | null;
}

/** Where the next question goes, and to which model. */
export const useChatChoice = create<ChatChoice>(() => ({ place: "auto", model: null }));

export function choosePlace(place: ChosenPlace) {
  useChatChoice.setState({ place });
}

export function chooseModel(model: string | null) {
  useChatChoice.setState({ model });
}

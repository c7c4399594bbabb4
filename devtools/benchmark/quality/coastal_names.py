"""Names and cars of Peru's northern coast, commonest first."""

from __future__ import annotations

from devtools.benchmark.quality.draws import Ranked
from devtools.benchmark.quality.humans import car_models

_SURNAMES = """
Sánchez Flores Rodríguez García Rojas Chávez Torres Díaz Vásquez Ramírez López Castillo Quispe Pérez Mendoza Cruz
Silva Gonzáles Fernández Ramos Reyes Castro Ruiz Guerrero Zapata Vargas Morales Espinoza Juárez Chunga Huamán Córdova
Gutiérrez Alvarado Salazar Carrasco Ipanaqué Chero Yarlequé Sernaqué Fiestas Santamaría Benites Delgado Peña Girón
Núñez Saavedra Valdiviezo Herrera Campos Medina Vega Ortiz Llontop Chafloque Puicón Farroñán Siesquén Chapoñán Suclupe
Custodio Purizaca Querevalú Bancayán Coveñas Nizama Vilela Abad Carhuapoma Namuche Antón Imán Pulache Eche Panta
Temoche Periche Huertas Saldarriaga Viera Seminario Atoche Morante Bereche Ancajima Timaná Otero Risco Alvites
Rentería Olivos Asenjo Burga Barboza Vallejos Heredia Idrogo Bocanegra Ñiquén Guanilo Azabache Huamanchumo Anhuamán
Neciosup Piminchumo Ucañán Asmat Rodas Haro Ganoza Cedano Lescano Esquivel Leyton Briceño Baca Aguinaga Arbulú
Carranza Chozo Cajusol Damián Effio Elera Facundo Gastulo Lluén Lizana Manayay Montenegro Nanfuñay Oblitas Orrego
Peche Piscoya Reluz Roncal Reupo Samamé Serquén Sialer Tejada Tocto Tullume Uypan Vidaurre Yovera Zurita Mío Cornejo
Paredes Villegas Aguilar Ríos Cabrera Tantaleán Becerra Altamirano Bustamante Sandoval Pacherrez Calderón Correa
Inoñán Bances Acosta Monja Zeña Maza Cueva Lazo Solano Ordinola Távara Ojeda Cherres Feria More Vílchez Merino
Mogollón Infante Moscol Alburqueque Lalupú Inga Mechato Ramal Sosa Troya
"""
_STARTS = """
Chum Ñin Puc Sull Cax Llap Fer Pis Chep Mon Ill Lam Mot Tum Cap Zan Huar Yac Amo Cat Pay Tic Sin Cur Oc Vir
"""
_ENDS = """
apón uén oy anqui ulón inchay amo onte uche ayán arro allo ucco ipe azo ulca imango uerta eque igo osto iza al ena izo
umbe ache olla andi urri
"""
_PARTICLES = "De_la_Cruz La_Torre Del_Castillo De_los_Santos La_Madrid San_Martín Del_Rosario"

_MEN = """
Luis José Carlos Juan Jorge Miguel Víctor Jesús Manuel César Pedro Julio Segundo Marco Santos Walter Roberto Óscar
Wilmer Javier Ricardo David Christian Eduardo Alex Jhon Edwin Daniel Martín Percy Ronald Ángel Raúl Fernando Alberto
Henry Hugo Franklin Richard Kevin Elmer Junior Diego Darwin Joel Anderson Jean Edgar Deyvis Brayan Jhonatan Rosendo
Frank Antony Eder Wilson Nilton Yuri Robert Erick Mario Enrique Gustavo Johan Jefferson Renato Sergio Rubén Alfredo
Freddy Félix Harold Ismael Jaime Gilberto Elías Gerardo Leonardo Cristhian Tomás Rafael Teodoro Lázaro Ítalo Arnaldo
Orlando Wilder Yonel Smith Clever
"""
_MEN_SECOND = """
Alberto Antonio Enrique Manuel Alexander Martín Eduardo Ángel Miguel Jesús Luis Fernando Javier Humberto Augusto
Alfredo Junior David Daniel Andrés Orlando Arturo Rafael Francisco César Ernesto Roberto Alonso Arnaldo Omar Iván
Gerardo Steven Joel Máximo Eleazar Elí Paul Jair Aníbal Fabricio Germán Guillermo Samuel Jhosep Marcial Ramón
"""
_WOMEN = "María Rosa Ana Milagros Karla Luz Jessica Diana Yessenia Cinthia Fiorella Mariela Flor Elizabeth Gladys Nelly"
_WOMEN_SECOND = "del_Pilar Elizabeth Isabel Milagros Luz Paola Lizeth Esther Rosario Medalí Yanina Victoria"

_CARS = """
Kia Soluto
Hyundai Accent
Toyota Yaris
Chevrolet Sail
Kia Rio
Nissan Versa
Suzuki Dzire
Hyundai Grand i10
Changan Alsvin
Chevrolet Onix
Toyota Agya
Nissan Almera
Renault Logan
Suzuki Ertiga
Toyota Avanza
DFSK Glory 500
JAC JS2
Chery Tiggo 2
Kia Picanto
Volkswagen Gol Sedan
Great Wall M4
Mitsubishi Attrage
Honda City
Toyota Corolla
Geely GX3
"""

COMMON_MODELS = 5
"""Models that most of the fleet drives."""
COMMON_MODELS_SHARE = 0.7

SURNAMES = Ranked(
    [
        *(word.replace("_", " ") for word in _SURNAMES.split()[:40] + _PARTICLES.split() + _SURNAMES.split()[40:]),
        *(start + end for start in _STARTS.split() for end in _ENDS.split()),
    ],
    exponent=0.95,
    offset=7,
)
MEN = Ranked(_MEN.split(), exponent=0.9, offset=3)
MEN_SECOND = Ranked(_MEN_SECOND.split(), exponent=0.8, offset=2)
WOMEN = Ranked(_WOMEN.split(), exponent=0.9, offset=2)
WOMEN_SECOND = Ranked([word.replace("_", " ") for word in _WOMEN_SECOND.split()], exponent=0.8, offset=2)
CARS = car_models(_CARS, first_share=COMMON_MODELS_SHARE, first=COMMON_MODELS)
COLORS = ("Blanco", "Plata", "Negro", "Gris", "Rojo", "Azul")
CITIES = Ranked(("Piura", "Chiclayo", "Trujillo", "Lima", "Sullana", "Chimbote"), exponent=1.0)
